import { conversationIdOf, limits, uuidv7 } from '@parley/common/contracts';
import { testClock, testWorld } from '@parley/common/testing';
import fc from 'fast-check';
import type { Pool } from 'pg';
import { expect, test } from 'vitest';
import { changesOf } from '../src/changes.ts';
import { type Command, gather } from '../src/commands.ts';
import { readConversation } from '../src/conversations.ts';
import { type Outcome, outcomesOf } from '../src/outcomes.ts';
import { readPage } from '../src/pages.ts';
import { createStore, type Store } from '../src/store.ts';
import { fold, type Known, knownFrom, updatesFor } from './fold.ts';

const migrations = new URL('../prisma/migrations', import.meta.url);
const emoji = ['👍', '🎉'];

/** What one of two people does, drawn at random; places may lie beyond what exists. Two pairs share the batches. */
const step = fc.record({
  pair: fc.constantFrom(0, 1),
  who: fc.constantFrom(0, 1),
  what: fc.constantFrom(
    'send',
    'send',
    'send',
    'edit',
    'delete',
    'hide',
    'react',
    'delivered',
    'read',
    'read',
    'repeat',
    'block',
    'unblock',
    'receipts',
  ),
  seq: fc.integer({ min: 1, max: 12 }),
  pick: fc.integer({ min: 0, max: 1_000 }),
});
/** Batches, and whether each is delivered a second time. */
const story = fc.array(fc.record({ steps: fc.array(step, { minLength: 1, maxLength: 6 }), again: fc.boolean() }), {
  minLength: 1,
  maxLength: 14,
});

interface Cast {
  readonly people: readonly [string, string];
  readonly id: string;
  readonly given: Command[];
  readonly device: readonly [Known, Known];
}

test('[D2] [D3] [D4] [D5] [D6] whatever two pairs do, in whatever batches they share and however often delivered, holds', async () => {
  await using made = await testWorld('messages', { migrations });
  const { database } = made.world;
  const clock = testClock();
  const store = createStore({ database, clock, newConversations: 1_000_000 });
  await fc.assert(
    fc.asyncProperty(story, async (batches) => {
      const casts = [await begin(database), await begin(database)] as const;
      let before = casts.map(() => [0, 0, 0, 0]);
      for (const { steps, again } of batches) {
        clock.advance(1_000);
        const commands: Command[] = [];
        for (const one of steps) {
          const command = await perform(one, casts[one.pair as 0 | 1], database);
          if (command) commands.push(command);
        }
        await deliver(commands, store, casts);
        if (again) await deliver(commands, store, casts);
        before = await Promise.all(casts.map((cast, index) => check(database, cast, before[index] ?? [])));
      }
    }),
    { numRuns: Number(process.env.RUNS || 25) },
  );
}, 600_000);

async function begin(database: Pool): Promise<Cast> {
  const people = [uuidv7(), uuidv7()] as const;
  await database.query('INSERT INTO people (user_id) SELECT unnest($1::uuid[])', [people]);
  const device = await Promise.all([read(database, people[0], people[1]), read(database, people[1], people[0])]);
  return { people, id: conversationIdOf(...people), given: [], device: device as [Known, Known] };
}

const read = async (database: Pool, me: string, peer: string) => knownFrom(await readPage(database, me, peer, { limit: 100 }));

async function perform({ who, what, seq, pick }: { who: number; what: string; seq: number; pick: number }, cast: Cast, database: Pool) {
  const [senderId, peerId] = who === 0 ? cast.people : ([cast.people[1], cast.people[0]] as const);
  const common = { clientId: uuidv7(), conversationId: cast.id, senderId, peerId, deviceId: '', seq };
  const content = { kind: 'text' as const, text: `words ${pick}` };
  const give = (command: Command) => {
    cast.given.push(command);
    return command;
  };
  switch (what) {
    case 'send':
      return give({ name: 'message.sent', data: { ...common, content, replyTo: pick % 3 === 0 ? seq : null } });
    case 'edit':
      return give({ name: 'message.edited', data: { ...common, saw: pick % 20, content } });
    case 'delete':
    case 'hide':
      return give({ name: 'message.deleted', data: { ...common, scope: what === 'hide' ? 'me' : 'everyone' } });
    case 'react':
      return give({ name: 'message.reacted', data: { ...common, emoji: emoji[pick % 2] ?? '👍', set: pick % 5 > 1 } });
    case 'delivered':
    case 'read':
      return give({ name: `message.${what}`, data: common });
    case 'repeat':
      return cast.given[pick % Math.max(1, cast.given.length)];
    case 'receipts':
      return void (await database.query('UPDATE people SET read_receipts = $2 WHERE user_id = $1', [senderId, pick % 2 === 0]));
    default:
      // Only once there is something to decide about.
      return void (await database.query('UPDATE members SET blocked = $3 WHERE conversation_id = $1 AND user_id = $2', [
        cast.id,
        senderId,
        what === 'block',
      ]));
  }
}

async function deliver(commands: readonly Command[], store: Store, casts: readonly Cast[]): Promise<void> {
  for (let rest = commands; rest.length > 0; ) {
    const gathering = gather(rest);
    const outcomes = outcomesOf(gathering, await store.store(gathering), 0);
    expectAnswered(gathering.others.concat(), outcomes);
    for (const cast of casts) {
      expectConsecutive(outcomes, cast);
      for (const [index, person] of cast.people.entries()) {
        for (const update of updatesFor(outcomes, cast.id, person)) expect(fold(cast.device[index] as Known, update)).toBe(true);
      }
    }
    rest = gathering.rest;
  }
}

/** Live ranges follow on each other, for each of the two as they count. */
function expectConsecutive(outcomes: readonly Outcome[], { device, id, people }: Cast): void {
  for (const [index, person] of people.entries()) {
    let version = (device[index] as Known).version;
    for (const { from, version: next } of updatesFor(outcomes, id, person)) {
      expect(from).toBe(version);
      version = next;
    }
  }
}

function expectAnswered(commands: readonly Command[], outcomes: readonly Outcome[]): void {
  const answered = new Set(
    outcomes.flatMap(({ name, data }) =>
      name === 'message.refused' ? [data.clientId] : 'answers' in data ? Object.values(data.answers ?? {}).flat() : [],
    ),
  );
  for (const { data } of commands) expect(answered).toContain(data.clientId);
}

async function check(database: Pool, { people, id, device }: Cast, before: readonly number[]): Promise<number[]> {
  const { rows: messages } = await database.query(
    `SELECT m.seq, m.sender_id, m.withheld, m.deleted_at, (SELECT array_agg(user_id) FROM hidden h WHERE h.conversation_id = m.conversation_id AND h.seq = m.seq) AS hidden_for
     FROM messages m WHERE m.conversation_id = $1 ORDER BY seq`,
    [id],
  );
  expect(messages.map(({ seq }) => seq)).toEqual(messages.map((_, index) => index + 1));
  const marks: number[] = [];
  for (const [index, me] of people.entries()) {
    const peer = people[1 - index] as string;
    const known = device[index] as Known;
    const fresh = await read(database, me, peer);
    expect(known).toEqual({ ...fresh, messages: inOrder(known, fresh) });
    await expectCaughtUp(database, me, peer, fresh);
    const conversation = await readConversation(database, me, peer, 0);
    const own = fresh.marks[me] ?? { delivered: 0, read: 0 };
    const waiting = messages.filter(
      ({ seq, sender_id, withheld, deleted_at, hidden_for }) =>
        seq > own.read && sender_id === peer && !withheld && !deleted_at && !(hidden_for ?? []).includes(me),
    );
    expect(conversation.unread).toBe(conversation.settings.blocked ? 0 : Math.min(waiting.length, limits.unread));
    expect(own.read).toBeLessThanOrEqual(own.delivered);
    expect(own.delivered).toBeLessThanOrEqual(messages.length);
    marks.push(own.delivered, own.read);
  }
  for (const [index, mark] of marks.entries()) expect(mark).toBeGreaterThanOrEqual(before[index] ?? 0);
  return marks;
}

/** Maps compare by content; only their order may differ. */
const inOrder = (known: Known, fresh: Known) => {
  expect([...known.messages.keys()].sort((one, other) => one - other)).toEqual([...fresh.messages.keys()]);
  return fresh.messages;
};

/** From nothing and from half way, catching up ends where a fresh page is. */
async function expectCaughtUp(database: Pool, me: string, peer: string, fresh: Known): Promise<void> {
  const marks = Object.fromEntries([me, peer].map((person) => [person, { delivered: 0, read: 0 }]));
  const known: Known = { epoch: fresh.epoch, version: 0, messages: new Map(), hidden: new Set(), marks, closed: false };
  const changes = await changesOf(database)(me, peer, fresh.epoch, 0);
  if (changes.reset) throw new Error('reset');
  expect(fold(known, changes.update)).toBe(true);
  const sorted = new Map([...known.messages].sort(([one], [other]) => one - other));
  expect({ ...known, messages: [...sorted], hidden: [...known.hidden].sort() }).toEqual({
    ...fresh,
    messages: [...fresh.messages],
    hidden: [...fresh.hidden].sort(),
  });
}
