import { expect, test } from 'vitest';
import { manualClock } from '../tests/manual-clock.ts';
import { type Command, createOutbox, type OutboxStore, REPEAT_FIRST_MS, REPEAT_LAST_MS } from './outbox.ts';
import { createMemoryStore } from './storage/memory.ts';

const bob = '01890000-0000-7000-8000-000000000002';
const message = (clientId: string): Command => ({ type: 'send', clientId, to: bob, content: { kind: 'text', text: clientId } });

function setUp(store: OutboxStore = createMemoryStore()) {
  const clock = manualClock();
  const sent: string[] = [];
  const outbox = createOutbox({ store, clock, random: () => 0 });
  const connect = () => outbox.connected((frames) => sent.push(...frames.map(({ clientId }) => clientId)));
  return { clock, sent, outbox, connect, taken: () => sent.splice(0) };
}

test('[D3] what is written goes out in the order it was written', async () => {
  const { outbox, connect, taken } = setUp();
  connect();
  await Promise.all(['a', 'b', 'c'].map((id) => outbox.write(message(id))));
  expect(taken()).toEqual(['a', 'b', 'c']);
});

test('[D7] nothing leaves before it is safe on this device', async () => {
  const memory = createMemoryStore();
  let save = () => {};
  const slow: OutboxStore = {
    ...memory,
    keep: (entries) =>
      new Promise((resolve) => {
        save = () => resolve(memory.keep(entries));
      }),
  };
  const { outbox, connect, taken } = setUp(slow);
  connect();
  const written = outbox.write(message('a'));
  connect();
  expect(taken()).toEqual([]);
  save();
  await written;
  expect(taken()).toEqual(['a']);
});

test('[D3] [D7] a new connection first repeats what is unanswered, in order', async () => {
  const { outbox, connect, taken } = setUp();
  connect();
  await outbox.write(message('a'));
  await outbox.write(message('b'));
  taken();
  outbox.disconnected();
  await outbox.write(message('c'));
  expect(taken()).toEqual([]);
  connect();
  expect(taken()).toEqual(['a', 'b', 'c']);
});

test('[D7] what was unanswered goes out in the next run, in the order of writing', async () => {
  const store = createMemoryStore();
  const first = setUp(store);
  await Promise.all(['a', 'b'].map((id) => first.outbox.write(message(id))));
  const { entries } = await store.load();
  const sent: string[] = [];
  const second = createOutbox({ store, clock: manualClock(), random: () => 0, entries });
  second.connected((frames) => sent.push(...frames.map(({ clientId }) => clientId)));
  expect(sent).toEqual(['a', 'b']);
});

test('what is answered is gone, also for the next run', async () => {
  const store = createMemoryStore();
  const { outbox, connect } = setUp(store);
  connect();
  await outbox.write(message('a'));
  await outbox.write(message('b'));
  outbox.settle(['a']);
  expect(outbox.entries().map(({ command }) => command.clientId)).toEqual(['b']);
  expect((await store.load()).entries.map(({ command }) => command.clientId)).toEqual(['b']);
});

test('[D2] what stays unanswered is repeated after 10 seconds, then ever more rarely, up to a minute', async () => {
  const { outbox, connect, taken, clock } = setUp();
  connect();
  await outbox.write(message('a'));
  taken();
  clock.advance(REPEAT_FIRST_MS - 1);
  expect(taken()).toEqual([]);
  clock.advance(1);
  expect(taken()).toEqual(['a']);
  clock.advance(2 * REPEAT_FIRST_MS);
  expect(taken()).toEqual(['a']);
  clock.advance(10 * REPEAT_LAST_MS);
  expect(taken().length).toBeLessThanOrEqual(11);
});

test('[D3] after a refusal that may be retried nothing overtakes: all goes again, in order, when the time is over', async () => {
  const { outbox, connect, taken, clock } = setUp();
  connect();
  await outbox.write(message('a'));
  await outbox.write(message('b'));
  taken();
  outbox.refused('a', 'bus-away', 3);
  outbox.refused('b', 'behind-refused');
  await outbox.write(message('c'));
  expect(taken()).toEqual([]);
  clock.advance(3_000);
  expect(taken()).toEqual(['a', 'b', 'c']);
});

test('[D7] what was refused for now and is answered meanwhile goes once more, for its socket takes nothing before it', async () => {
  const { outbox, connect, taken, clock } = setUp();
  connect();
  await outbox.write(message('a'));
  taken();
  outbox.refused('a', 'bus-away', 2);
  outbox.settle(['a']);
  await outbox.write(message('b'));
  expect(taken()).toEqual([]);
  clock.advance(2_000);
  expect(taken()).toEqual(['a', 'b']);
  outbox.settle(['b']);
  await outbox.write(message('c'));
  expect(taken()).toEqual(['c']);
});

test('[D7] so does what was answered before it was refused, as often as it is refused', async () => {
  const { outbox, connect, taken, clock } = setUp();
  connect();
  await outbox.write(message('a'));
  await outbox.write(message('b'));
  taken();
  // Its copy over the socket before was stored; this socket could not pass it on.
  outbox.settle(['a']);
  outbox.refused('a', 'bus-away', 2);
  outbox.refused('b', 'behind-refused', 2);
  clock.advance(2_000);
  expect(taken()).toEqual(['a', 'b']);
  outbox.refused('a', 'bus-away', 2);
  outbox.refused('b', 'behind-refused', 2);
  clock.advance(2_000);
  expect(taken()).toEqual(['a', 'b']);
  outbox.settle(['b']);
  await outbox.write(message('c'));
  expect(taken()).toEqual(['c']);
});

test('[D3] what was given to the socket before, and has no room in this one yet, goes before what is new', async () => {
  const { outbox, connect, taken, clock } = setUp();
  const ids = Array.from({ length: 250 }, (_, number) => `m${number}`);
  await Promise.all(ids.map((id) => outbox.write(message(id))));
  connect();
  expect(taken()).toEqual(ids.slice(0, 200));
  outbox.refused('m0', 'bus-away', 2);
  clock.advance(2_000);
  expect(taken()).toEqual(ids.slice(0, 100));
  outbox.disconnected();
  connect();
  expect(taken()).toEqual(ids.slice(0, 100));
  outbox.settle(ids.slice(0, 100));
  expect(taken()).toEqual(ids.slice(100, 201));
});

test('[D3] what could not be saved goes before what was saved after it', async () => {
  const memory = createMemoryStore();
  let full = true;
  const { outbox, connect, taken } = setUp({
    ...memory,
    keep: (entries) => (full ? Promise.reject(new Error('full')) : memory.keep(entries)),
  });
  await Promise.all(['a', 'b'].map((id) => outbox.write(message(id))));
  full = false;
  await outbox.write(message('c'));
  connect();
  expect(taken()).toEqual(['a', 'b', 'c']);
});

test('[D3] what the store refused for good does not go again because a copy of it was refused for now', async () => {
  const { outbox, connect, taken, clock } = setUp();
  connect();
  await outbox.write(message('a'));
  await outbox.write(message('b'));
  taken();
  outbox.refused('a', 'person-gone');
  outbox.refused('a', 'bus-away', 2);
  outbox.refused('b', 'behind-refused', 2);
  expect(outbox.entry('a')).toMatchObject({ state: 'refused', code: 'person-gone' });
  clock.advance(2_000);
  // Its socket takes nothing before it has come once more.
  expect(taken()).toEqual(['a', 'b']);
  expect(outbox.entry('a')).toMatchObject({ state: 'refused' });
});

test('[D3] of very much as much is on the way as the pod takes, and the rest follows in order', async () => {
  const { outbox, connect, taken, clock } = setUp();
  const ids = Array.from({ length: 500 }, (_, at) => `${at}`);
  await Promise.all(ids.map((id) => outbox.write(message(id))));
  connect();
  expect(taken()).toEqual(ids.slice(0, 200));
  outbox.settle(ids.slice(0, 50));
  expect(taken()).toEqual(ids.slice(200, 250));
  outbox.refused('50', 'rate-limited', 0.02);
  for (const id of ids.slice(51, 250)) outbox.refused(id, 'behind-refused');
  clock.advance(1_000);
  expect(taken()).toEqual(ids.slice(50, 150));
});

test('a final refusal ends one message and holds nothing up; it is kept until the person has seen it', async () => {
  const store = createMemoryStore();
  const { outbox, connect, taken } = setUp(store);
  connect();
  await outbox.write(message('a'));
  await outbox.write(message('b'));
  taken();
  outbox.refused('a', 'person-gone');
  expect(outbox.entry('a')).toMatchObject({ state: 'refused', code: 'person-gone' });
  outbox.disconnected();
  connect();
  expect(taken()).toEqual(['b']);
  outbox.dismiss('a');
  expect((await store.load()).entries.map(({ command }) => command.clientId)).toEqual(['b']);
});

test('a device that can not save still sends', async () => {
  const { outbox, connect, taken } = setUp({
    keep: () => Promise.reject(new Error('quota')),
    entriesAfter: async () => [],
    drop: async () => {},
  });
  connect();
  await outbox.write(message('a'));
  expect(taken()).toEqual(['a']);
});

test('with nothing unanswered no timer is left', async () => {
  const { outbox, connect, clock } = setUp();
  connect();
  await outbox.write(message('a'));
  outbox.settle(['a']);
  expect(clock.waiting).toBe(0);
});
