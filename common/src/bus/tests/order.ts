import { expect } from 'vitest';
import { until } from '../../testing/until.ts';
import type { Heard } from '../bus.ts';
import { registered, upTo } from './examples.ts';
import { type Case, door, memory } from './ground.ts';

export function order(holds: Case) {
  holds('facts to one place arrive in the order they were published', async (ground) => {
    const bus = await ground.pod();
    const heard = memory();
    await bus.hear({ kind: 'shared', queue: 'users', names: ['user.registered'], handle: async (batch) => heard.take(batch) });
    for (let round = 0; round < 20; round++) {
      const published = upTo(10, 1).map((index) => bus.publish('user.registered', registered(round * 10 + index)));
      if (round % 2 === 0) await Promise.all(published);
    }
    await until(() => heard.numbers.length === 200);
    expect(heard.numbers).toEqual(upTo(200));
  });

  holds('what arrives while a batch is handled is the next batch, up to its limit', async (ground) => {
    const bus = await ground.pod();
    const heard = memory();
    const first = door();
    const handle = async (batch: readonly Heard[]) => {
      heard.take(batch);
      if (heard.batches.length === 1) await first.opened;
    };
    await bus.hear({ kind: 'shared', queue: 'users', names: ['user.registered'], batch: 40, handle });
    await bus.publish('user.registered', registered(1));
    await until(() => heard.batches.length === 1);
    await Promise.all(upTo(101, 2).map((number) => bus.publish('user.registered', registered(number))));
    // Another queue of the same names, heard to its end, shows that everything has arrived by now.
    const other = memory();
    await bus.hear({ kind: 'shared', queue: 'messages', names: ['user.registered'], handle: async (batch) => other.take(batch) });
    await bus.publish('user.registered', registered(102));
    await until(() => other.numbers.includes(102));
    first.open();
    await until(() => heard.numbers.length === 102);
    expect(heard.numbers).toEqual(upTo(102));
    expect(heard.batches[1]).toHaveLength(40);
    expect(Math.max(...heard.batches.map((batch) => batch.length))).toBe(40);
  });

  holds('publishing resolves when the fact is safe, not when it is handled', async (ground) => {
    const bus = await ground.pod();
    const never = door();
    await bus.hear({ kind: 'shared', queue: 'users', names: ['user.registered'], handle: () => never.opened });
    await bus.publish('user.registered', registered(1));
    await bus.publish('user.registered', registered(2));
    never.open();
  });

  holds('the trace of a fact goes with it', async (ground) => {
    const bus = await ground.pod();
    const heard = memory();
    await bus.hear({ kind: 'shared', queue: 'users', names: ['user.registered'], handle: async (batch) => heard.take(batch) });
    const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await bus.publish('user.registered', registered(1), { trace });
    await bus.publish('user.registered', registered(2));
    await until(() => heard.facts.length === 2);
    expect(heard.facts).toEqual([
      { name: 'user.registered', data: registered(1), trace },
      { name: 'user.registered', data: registered(2) },
    ]);
  });
}
