import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ConversationId, conversationIdOf, membersOf, shardOf, UserId, uuidv7 } from './index.ts';

const id = fc.uuid().map((text) => text.toLowerCase());

test('[D8] the conversation of two people is the same from either side, and no other pair has it', () => {
  fc.assert(
    fc.property(id, id, id, (one, other, third) => {
      fc.pre(new Set([one, other, third]).size === 3);
      const conversation = conversationIdOf(one, other);
      expect(conversationIdOf(other, one)).toBe(conversation);
      expect(conversationIdOf(one, third)).not.toBe(conversation);
      expect(ConversationId.parse(conversation)[14]).toBe('8');
      expect(membersOf(one, other)).toEqual(membersOf(other, one));
    }),
  );
});

test('the conversation of these two has had this id since the first version, and will for ever', () => {
  const one = '01890a5d-ac96-774b-bcce-b302099a8057';
  const other = '01890a5d-ac96-774b-bcce-b302099a8058';
  expect(conversationIdOf(one, other)).toMatchInlineSnapshot(`"8169bea5-1231-83ba-8f75-0f16e6e8f178"`);
  expect([1, 2, 8].map((shards) => shardOf(conversationIdOf(one, other), shards))).toMatchInlineSnapshot(`
    [
      0,
      1,
      5,
    ]
  `);
});

test('every conversation has a shard, and shards share them evenly', () => {
  for (const shards of [1, 2, 3, 8]) {
    const counts = new Array<number>(shards).fill(0);
    for (let pair = 0; pair < 4_000; pair++) {
      const shard = shardOf(conversationIdOf(uuidv7(), uuidv7()), shards);
      counts[shard] = (counts[shard] ?? Number.NaN) + 1;
    }
    expect(counts).toHaveLength(shards);
    for (const count of counts) expect(Math.abs(count - 4_000 / shards)).toBeLessThan(400);
  }
});

test('UUIDs are made in ascending order, also many within a millisecond and when the clock steps back', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1_700_000_000_000, max: 1_700_000_000_050 }), { minLength: 2, maxLength: 200 }), (times) => {
      const made = times.map((time) => uuidv7(time));
      expect([...made].sort()).toEqual(made);
      expect(new Set(made).size).toBe(made.length);
      for (const uuid of made) expect(UserId.safeParse(uuid).success && uuid[14] === '7').toBe(true);
    }),
  );
  const many = Array.from({ length: 10_000 }, () => uuidv7());
  expect([...many].sort()).toEqual(many);
});
