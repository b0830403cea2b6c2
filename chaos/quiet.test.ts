import { emptyHeld, type Held } from '@parley/client-library';
import type { Conversation, Message } from '@parley/common/contracts';
import { expect, test } from 'vitest';
import type { Device, Person } from './crowd.ts';
import { disagreements, fallSilent } from './quiet.ts';
import { createRandom } from './random.ts';

const talk = 'conversation';
const [ada, ben] = ['ada', 'ben'].map((name) => ({ name, me: { userId: name } }) as unknown as Person);

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
  for (const other of [
    device(ada, 'laptop', held(6, 3)),
    device(ada, 'laptop', held(7, 3, { messages: new Map([[3, row(3, 'edited')]]) })),
    device(ada, 'laptop', held(7, 3), 1),
    device(ada, 'laptop', emptyHeld(talk, 'ben')),
  ])
    expect(told(phone, other)).toEqual(["ada's phone and ada's laptop hold a silent conversation differently"]);
  expect(disagreements([phone, device(ada, 'laptop', held(6, 3))], new Set())).toEqual([]);
});

test('[D5] the two of a silent conversation are told the same, whatever each counts for themselves', () => {
  const phone = device(ada, 'phone', held(7, 3));
  expect(told(phone, device(ben, 'phone', held(9, 3)))).toEqual([]);
  const marks = { ada: { delivered: 3, read: 3 } };
  for (const other of [held(7, 2), held(7, 3, { marks })])
    expect(told(phone, device(ben, 'phone', other))).toEqual([`ada's phone and ben's phone are told differently how ${talk} stands`]);
});
