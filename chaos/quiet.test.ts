import { emptyHeld, type Held } from '@parley/client-library';
import type { Conversation, Message } from '@parley/common/contracts';
import { expect, test } from 'vitest';
import type { Device, Person } from './crowd.ts';
import { disagreements, fallSilent } from './quiet.ts';
import { createRandom } from './random.ts';

const talk = 'conversation';
const [ada, ben] = ['ada', 'ben'].map(
  (name) => ({ name, me: { userId: name }, conversations: new Map([[talk, name]]) }) as unknown as Person,
);

const row = (seq: number, text = 'one 1') => ({ seq, content: { kind: 'text', text }, reactions: [] }) as unknown as Message;
const held = (version: number, lastSeq: number, more: Partial<Held> = {}): Held => ({
  ...emptyHeld(talk, 'ben'),
  ...{ version, lastSeq, messages: new Map([[lastSeq, row(lastSeq)]]), ranges: [[1, lastSeq]] },
  ...more,
});
const device = (person: Person | undefined, label: string, of: Held, unread = 0) =>
  ({
    ...{ name: `${person?.name}'s ${label}`, person },
    parley: {
      conversations: { all: () => [of, emptyHeld('of nothing', 'ben')] },
      list: { all: () => [{ conversationId: talk, unread } as Conversation] },
    },
  }) as unknown as Device;
const told = (...devices: Device[]) => disagreements(devices, new Set([talk]));

test('a third of the conversations falls silent', () => {
  const all = Array.from({ length: 9 }, (_, number) => `conversation ${number}`);
  const silent = fallSilent([...all, ...all], createRandom(1));
  expect(silent.size).toBe(3);
  expect(all).toEqual(expect.arrayContaining([...silent]));
});

test('[D5] devices of one person that hold a silent conversation differently are seen', () => {
  const phone = device(ada, 'phone', held(7, 3));
  expect(told(phone, device(ada, 'laptop', held(7, 3)))).toEqual([]);
  for (const [other, what] of [
    [device(ada, 'laptop', held(6, 3)), `${talk} stands at`],
    [device(ada, 'laptop', held(7, 3, { messages: new Map([[3, row(3, 'edited')]]) })), 'seq 3'],
    [device(ada, 'laptop', held(7, 3), 1), 'unread'],
    [device(ada, 'laptop', emptyHeld(talk, 'ben')), `${talk} stands at`],
  ] as const)
    expect(told(phone, other)).toEqual([
      expect.stringMatching(`ada's phone and ada's laptop hold ${talk} differently, which is silent: .*${what}`),
    ]);
  expect(disagreements([phone, device(ada, 'laptop', held(6, 3))], new Set())).toEqual([]);
});

test('[D5] the two of a silent conversation hold the same, whatever each counts and hides for themselves', () => {
  const phone = device(ada, 'phone', held(7, 3));
  expect(told(phone, device(ben, 'phone', held(9, 3)))).toEqual([]);
  expect(told(phone, device(ben, 'phone', held(9, 3, { hidden: new Set([3]), messages: new Map([[3, row(3, 'not shown')]]) })))).toEqual(
    [],
  );
  const marks = { ada: { delivered: 3, read: 3 } };
  for (const [other, what] of [
    [held(7, 2), 'stands at'],
    [held(7, 3, { marks }), 'stands at'],
    [held(7, 3, { messages: new Map([[3, row(3, 'edited')]]) }), 'has at seq 3'],
    [emptyHeld(talk, 'ada'), 'one has nothing of it'],
  ] as const)
    expect(told(phone, device(ben, 'phone', other))).toEqual([
      expect.stringMatching(`ada's phone and ben's phone hold ${talk} differently, which is silent: ${what}`),
    ]);
});
