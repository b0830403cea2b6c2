import { expect } from 'vitest';
import { until } from '../../testing/until.ts';
import type { Heard } from '../bus.ts';
import { registered, upTo } from './examples.ts';
import { type Case, door, memory } from './ground.ts';

export function ending(holds: Case) {
  holds('what was published is safe when the bus is disposed, and is heard after', async (ground) => {
    const bus = await ground.pod();
    const heard = memory();
    const handle = async (batch: readonly Heard[]) => heard.take(batch);
    const hearer = await bus.hear({ kind: 'shared', queue: 'users', names: ['user.registered'], handle });
    await hearer[Symbol.asyncDispose]();
    const published = upTo(500).map((number) => bus.publish('user.registered', registered(number)));
    const again = await ground.restart();
    await Promise.all(published);
    await again.hear({ kind: 'shared', queue: 'users', names: ['user.registered'], handle });
    await until(() => heard.numbers.length === 500);
    expect(heard.numbers).toEqual(upTo(500));
  });

  holds('disposing waits for the running batch; the rest is heard by whoever comes next, nothing twice', async (ground) => {
    const bus = await ground.pod();
    const heard = memory();
    const running = door();
    const begun = door();
    const slow = async (batch: readonly Heard[]) => {
      begun.open();
      await running.opened;
      heard.take(batch);
    };
    await bus.hear({ kind: 'shared', queue: 'users', names: ['user.registered'], batch: 4, handle: slow });
    for (let first = 1; first <= 50; first += 10) {
      await Promise.all(upTo(first + 9, first).map((number) => bus.publish('user.registered', registered(number))));
    }
    await begun.opened;
    const restarted = ground.restart();
    running.open();
    const again = await restarted;
    const first = heard.numbers.length;
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(50);
    await again.hear({ kind: 'shared', queue: 'users', names: ['user.registered'], handle: async (batch) => heard.take(batch) });
    await until(() => heard.numbers.length >= 50);
    expect(heard.numbers).toEqual(upTo(50));
  });

  holds('it says that it is up', async (ground) => {
    expect((await ground.pod()).state).toBe('up');
  });

  holds('a bus that was disposed refuses what is published', async (ground) => {
    const bus = await ground.pod();
    await bus[Symbol.asyncDispose]();
    await expect(bus.publish('user.registered', registered(1))).rejects.toMatchObject({ code: 'bus-away' });
  });
}
