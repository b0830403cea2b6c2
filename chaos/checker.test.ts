import { emptyHeld, type Held } from '@parley/client-library';
import type { Message } from '@parley/common/contracts';
import { expect, test } from 'vitest';
import { createLedger, type Kind, type Observer } from './ledger.ts';
import { type Holding, judgeDevice, judgeStore, judgeUnread } from './verdict.ts';

/** The checker must see what it is there for: each history here breaks the promise once. */
const [ada, ben, eve] = ['ada', 'ben', 'eve'];
const talk = 'conversation';

const observer = (userId: string): Observer => ({
  name: `${userId}'s phone`,
  userId,
  peers: new Map([[talk, userId === ada ? ben : ada]]),
  shown: new Map(),
});

const message = (seq: number, text: string, { clientId = text, id = text, senderId = ada }: Partial<Message> = {}): Message => ({
  id,
  seq,
  version: seq,
  clientId,
  senderId,
  content: { kind: 'text', text },
  replyTo: null,
  sentAt: '2026-01-01T00:00:00.000Z',
  editedAt: null,
  deletedAt: null,
  reactions: [],
});

const held = (messages: readonly Message[], { peerId = ben, ...more }: Partial<Held> = {}): Held => {
  const last = messages.at(-1)?.seq ?? 0;
  return {
    ...emptyHeld(talk, peerId),
    epoch: 'epoch',
    version: last,
    lastSeq: last,
    reach: last,
    messages: new Map(messages.map((one) => [one.seq, one])),
    ranges: last > 0 ? [[1, last]] : [],
    ...more,
  };
};

const stored = (messages: readonly Message[]) => ({
  messages: messages.map(({ seq, id, senderId, clientId, content }) => ({
    conversationId: talk,
    seq,
    id,
    senderId,
    clientId,
    text: content?.text ?? null,
    edited: false,
  })),
  conversations: [
    { conversationId: talk, members: [ada, ben] as const, lastSeq: messages.length, unread: { [ada]: 0, [ben]: 1 }, marks: {} },
  ],
});

function scene() {
  const ledger = createLedger({ now: () => 0 });
  const [hers, his] = [observer(ada), observer(ben)];
  const write = (...texts: string[]) =>
    texts.forEach((text, index) => {
      ledger.wrote(hers.name, talk, text, `${text} ${index}`);
    });
  const seen = (): Kind[] => ledger.violations.map(({ kind }) => kind);
  const told = () => ledger.violations.map(({ kind, what }) => `${kind}: ${what}`);
  return { ledger, hers, his, write, seen, told };
}

const one = message(1, 'one', { id: '1' });
const two = message(2, 'two', { id: '2' });
const said = ({ clientId, ...row }: Message, index: number): Message => ({
  ...row,
  clientId,
  content: { kind: 'text', text: `${clientId} ${index}` },
});
const [first, second] = [said(one, 0), said(two, 1)];

test('what is as it should be is passed', () => {
  const { ledger, hers, his, write, seen } = scene();
  write('one', 'two');
  ledger.shows(hers, held([first]));
  ledger.shows(hers, held([first, second]));
  ledger.shows(his, held([first, second], { peerId: ada }));
  ledger.reads(ben, talk, 2);
  ledger.shows(hers, held([first, second], { version: 3, marks: { [ben]: { delivered: 2, read: 2 } } }));
  judgeStore(ledger, stored([first, second]));
  expect(seen()).toEqual([]);
});

test('[D1] a tick at another place than the stored one is seen', () => {
  const { ledger, hers, write, seen } = scene();
  write('one', 'two');
  ledger.shows(hers, held([first, second]));
  judgeStore(ledger, stored([{ ...first, id: 'another' }, second]));
  expect(seen()).toEqual(['ticked, not stored']);
});

test('[D1] a tick of what was written while nothing can be stored is seen, though it is stored later', () => {
  let time = 0;
  const ledger = createLedger({ now: () => time });
  const hers = observer(ada);
  const says = (seq: number) => {
    ledger.wrote(hers.name, talk, `${seq}`, `text ${seq}`);
    return message(seq, `text ${seq}`, { clientId: `${seq}`, id: `id ${seq}` });
  };
  const rows = [says(1), says(2)];
  const at = (milliseconds: number, count: number) => {
    time = milliseconds;
    ledger.shows(hers, held(rows.slice(0, count)));
    return ledger.violations.map(({ what }) => what);
  };
  time = 100;
  ledger.canNotStore();
  time = 200;
  rows.push(says(3), says(4), says(5), says(6));
  expect(at(900, 1)).toEqual([]);
  expect(at(1_200, 2)).toEqual([]);
  ledger.canNotStore();
  ledger.canStore();
  const wrong = (id: string) => `${id} was written and ticked while nothing could be stored`;
  expect(at(1_300, 4)).toEqual([wrong('3'), wrong('4')]);
  ledger.canStore();
  expect(at(1_400, 6)).toHaveLength(2);
});

test('[D2] a message at two places is seen, on a device and in the store', () => {
  const { ledger, hers, write, seen } = scene();
  write('one');
  ledger.shows(hers, held([first, { ...first, seq: 2, id: '2' }]));
  judgeStore(ledger, stored([first, { ...first, seq: 2, id: '2' }]));
  expect(seen()).toEqual(['doubled', 'doubled']);
});

test('[D3] another order on another device, an overtaken message and a hole are seen', () => {
  const { ledger, hers, his, write, seen } = scene();
  write('one', 'two');
  ledger.shows(hers, held([first, second]));
  ledger.shows(his, held([{ ...second, seq: 1 }], { peerId: ada }));
  expect(seen()).toContain('out of order');
  const overtaken = scene();
  overtaken.write('one', 'two');
  overtaken.ledger.shows(
    overtaken.hers,
    held([
      { ...second, seq: 1 },
      { ...first, seq: 2 },
    ]),
  );
  judgeStore(
    overtaken.ledger,
    stored([
      { ...second, seq: 1 },
      { ...first, seq: 2 },
    ]),
  );
  expect(overtaken.seen()).toEqual(['out of order']);
  const hole = scene();
  hole.write('one', 'two');
  hole.ledger.shows(hole.hers, held([first, second]));
  judgeStore(hole.ledger, stored([first, { ...second, seq: 3 }]));
  expect(hole.seen()).toContain('out of order');
});

test('[D3] a device that goes back to an earlier version is seen, but not one that begins again in another epoch', () => {
  const { ledger, hers, write, told } = scene();
  write('one', 'two');
  ledger.shows(hers, held([first, second], { version: 3 }));
  ledger.shows(hers, held([first, second], { version: 1, epoch: 'after a restore' }));
  expect(told()).toEqual([]);
  ledger.shows(hers, held([first, second], { version: 3, epoch: 'after a restore' }));
  ledger.shows(hers, held([first, second], { version: 2, epoch: 'after a restore' }));
  expect(told()).toEqual(["out of order: ada's phone went back from version 3 to 2 of conversation"]);
});

test('[D4] a device that thinks it has what it lacks is seen', () => {
  const { ledger, hers, write, seen } = scene();
  write('one', 'two');
  ledger.shows(hers, held([second], { ranges: [[1, 2]] }));
  expect(seen()).toEqual(['gap unnoticed']);
});

test('[D5] a device that differs from a new one is seen, whatever differs', () => {
  const line = { conversationId: talk, unread: 0 } as Holding['list'][number];
  const holding = (messages: readonly Message[], listed: Partial<Holding['list'][number]> = {}, more: Partial<Held> = {}): Holding => ({
    device: 'phone',
    userId: ada,
    held: [held(messages, more)],
    list: [{ ...line, ...listed }],
  });
  const judge = (old: Holding) => {
    const { ledger, seen } = scene();
    judgeDevice(ledger, old, holding([first, second]));
    return seen();
  };
  expect(judge(holding([first, second]))).toEqual([]);
  expect(judge(holding([first]))).toEqual(['not as stored']);
  expect(judge(holding([first, { ...second, editedAt: '2026-01-01T00:00:00.000Z' }]))).toEqual(['not as stored']);
  expect(judge(holding([second], {}, { ranges: [[1, 2]] }))).toEqual(['not as stored']);
  expect(judge(holding([first, second], {}, { marks: { [ben]: { delivered: 1, read: 0 } } }))).toEqual(['not as stored']);
  expect(judge(holding([first, second], { peerId: eve }))).toEqual(['not as stored']);
  expect(judge(holding([first, second], { unread: 1 }))).toEqual(['unread wrong']);
});

test('[D5] what nobody wrote is seen, on a device and in the store', () => {
  const shown = scene();
  shown.ledger.shows(shown.hers, held([first]));
  expect(shown.told()).toEqual(['not as stored: nobody wrote what stands at conversation 1']);
  const kept = scene();
  kept.write('one');
  kept.ledger.shows(kept.hers, held([first]));
  judgeStore(kept.ledger, stored([first, second]));
  expect(kept.told()).toEqual(['not as stored: nobody wrote what is stored at conversation 2']);
});

test('[D5] a message that says something else than what was written is seen, but not one that was edited', () => {
  const { ledger, hers, his, write, told } = scene();
  write('one');
  const other = { ...first, content: { kind: 'text', text: 'something else' } } as const;
  ledger.shows(hers, held([{ ...other, editedAt: '2026-01-01T00:00:01.000Z' }]));
  expect(told()).toEqual([]);
  ledger.shows(his, held([other], { peerId: ada }));
  expect(told()).toEqual(['not as stored: conversation 1 says something else than what was written']);
});

test.each([
  ['a receipt for what nobody saved', { delivered: 3, read: 1 }, 'is told that ben conversation has 3, but they saved 2'],
  ['a read mark for what nobody read', { delivered: 2, read: 2 }, 'is told that ben conversation read 2, but they read 1'],
] as const)('[D6] %s is seen', (_what, mark, what) => {
  const { ledger, hers, his, write, told } = scene();
  write('one', 'two');
  ledger.shows(his, held([first, second], { peerId: ada }));
  ledger.reads(ben, talk, 1);
  ledger.shows(hers, held([first, second], { marks: { [ben]: mark } }));
  expect(told()).toEqual([`receipt ahead of truth: ada's phone ${what}`]);
});

test.each([
  ['delivered', { delivered: 1, read: 1 }],
  ['read', { delivered: 2, read: 0 }],
] as const)('[D6] a mark of what is %s that goes back is seen', (_what, mark) => {
  const { ledger, hers, his, write, told } = scene();
  write('one', 'two');
  ledger.shows(his, held([first, second], { peerId: ada }));
  ledger.reads(ben, talk, 1);
  ledger.shows(hers, held([first, second], { marks: { [ben]: { delivered: 2, read: 1 } } }));
  expect(told()).toEqual([]);
  ledger.shows(hers, held([first, second], { version: 3, marks: { [ben]: mark } }));
  expect(told()).toEqual(["receipt ahead of truth: a mark of ben conversation went back on ada's phone"]);
});

test('[D6] a wrong count is seen', () => {
  const { ledger, seen } = scene();
  judgeUnread(
    ledger,
    { device: 'phone', userId: ben, held: [], list: [{ conversationId: talk, unread: 0 } as Holding['list'][number]] },
    stored([first, second]).conversations,
  );
  expect(seen()).toEqual(['unread wrong']);
});

test('[D7] what was written and is nowhere is seen', () => {
  const { ledger, write, seen } = scene();
  write('one');
  judgeStore(ledger, stored([]));
  expect(seen()).toEqual(['lost', 'never answered']);
});

test('[D8] what others hear is seen', () => {
  const { ledger, hers, seen } = scene();
  const third: Observer = { ...observer(eve), peers: new Map() };
  ledger.hears(third, { type: 'typing', conversationId: talk, userId: ada, active: true });
  ledger.shows(hers, held([message(1, 'one', { senderId: eve })]));
  expect(seen()).toContain('seen by a third');
  expect(ledger.violations.filter(({ kind }) => kind === 'seen by a third')).toHaveLength(2);
});

test('[D8] a stranger may be told that there is nothing, and whatever else they are given is seen', () => {
  const { ledger, hers, write, told } = scene();
  write('one');
  ledger.shows(hers, held([first]));
  const approached = 'conversation with nobody';
  const third: Observer = { name: "eve's ear", userId: eve, peers: new Map(), approached: new Set([approached]), shown: new Map() };
  ledger.shows(third, { ...held([]), conversationId: approached });
  ledger.hears(third, { type: 'joined', peer: ada, conversationId: approached });
  ledger.gives(third, 'a page', { conversationId: talk, messages: [], marks: {} });
  expect(told()).toEqual([]);
  ledger.gives(third, 'a page', { messages: [first] });
  expect(told()).toEqual([
    "seen by a third: eve's ear was given 1 with a page",
    "seen by a third: eve's ear was given one 0 with a page",
    "seen by a third: eve's ear was given one with a page",
  ]);
  ledger.shows(third, { ...held([first]), conversationId: approached });
  ledger.finds(third, [{ conversationId: talk, message: first }]);
  expect(told()).toHaveLength(5);
});

test('a violation comes with what the clients saw of it', () => {
  const { ledger, hers, write } = scene();
  write('one');
  ledger.shows(hers, held([first]));
  judgeStore(ledger, stored([]));
  expect(ledger.violations[0]?.history).toEqual([
    "    0.000 s  ada's phone writes one into conversation",
    "    0.000 s  ada's phone is shown seq 1 of conversation",
    "    0.000 s  ada's phone sees the tick of seq 1 of conversation",
  ]);
});

test('[D8] what is of others is seen in whatever comes over the socket of somebody who talks with other people', () => {
  const { ledger, hers, write, told } = scene();
  write('one');
  const stray: Observer = { ...observer(eve), peers: new Map([['another conversation', ben]]) };
  const frame = { type: 'refused', clientId: 'one', code: 'internal' } as const;
  ledger.hears(hers, frame);
  expect(told()).toEqual([]);
  ledger.hears(stray, frame);
  expect(told()).toEqual(["seen by a third: eve's phone was given one with refused"]);
});

test('[D8] a message that stands in another conversation than it was written into is seen, on a device and in the store', () => {
  const { ledger, hers, told } = scene();
  ledger.wrote(hers.name, 'another conversation', 'one', 'one');
  ledger.shows(hers, held([first]));
  expect(told()).toContain('seen by a third: one was written into another conversation and stands at conversation 1');
  const kept = scene();
  kept.ledger.wrote(kept.hers.name, 'another conversation', 'one', 'one');
  judgeStore(kept.ledger, stored([first]));
  expect(kept.told()).toContain('seen by a third: one was written into another conversation and is stored in conversation');
});
