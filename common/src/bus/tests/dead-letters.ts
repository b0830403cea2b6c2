import { expect } from 'vitest';
import { until } from '../../testing/until.ts';
import { type Bus, type Heard, Poison } from '../bus.ts';
import { ended, numberOf, registered, sent, upTo } from './examples.ts';
import { type Case, memory } from './ground.ts';

export function letters(holds: Case) {
  const bury = async (bus: Bus, heard: ReturnType<typeof memory>, count: number) => {
    let healed = false;
    const handle = async (batch: readonly Heard[]) => {
      if (!healed) throw new Poison('not yet');
      heard.take(batch);
    };
    await bus.hear({ kind: 'shared', queue: 'users', names: ['user.registered'], handle });
    await Promise.all(upTo(count).map((number) => bus.publish('user.registered', registered(number))));
    await until(async () => (await bus.deadLetters.list('users')).length === count);
    return () => {
      healed = true;
    };
  };

  holds('dead letters can be redriven, and are handled then', async (ground) => {
    const bus = await ground.pod();
    const heard = memory();
    const heal = await bury(bus, heard, 3);
    expect((await bus.deadLetters.list()).map(({ queue, body }) => [queue, numberOf(body as Heard)])).toEqual([
      ['users', 1],
      ['users', 2],
      ['users', 3],
    ]);
    heal();
    expect(await bus.deadLetters.redrive('messages')).toBe(0);
    expect(await bus.deadLetters.redrive('users')).toBe(3);
    await until(() => heard.numbers.length === 3);
    expect(heard.numbers).toEqual([1, 2, 3]);
    expect(await bus.deadLetters.list()).toEqual([]);
  });

  holds('what its author deleted is erased from the dead letters', async (ground) => {
    const bus = await ground.pod();
    await bury(bus, memory(), 4);
    const erased = await bus.deadLetters.erase(({ body }) => numberOf(body as Heard) === 2);
    expect(erased).toBe(1);
    expect((await bus.deadLetters.list('users')).map(({ body }) => numberOf(body as Heard))).toEqual([1, 3, 4]);
    expect(JSON.stringify(await bus.deadLetters.list())).not.toContain('person-2');
  });

  holds('dead letters of shards and pods can be redriven too', async (ground) => {
    const bus = await ground.pod();
    const heard = memory();
    let healed = false;
    const handle = async (batch: readonly Heard[]) => {
      if (!healed) throw new Poison('not yet');
      heard.take(batch);
    };
    await bus.hear({ kind: 'shards', queue: 'messages', shards: 1, names: ['message.sent'], handle });
    await bus.hear({ kind: 'pod', queue: 'auth', pod: 'a', names: ['session.ended'], onGap() {}, handle });
    await bus.publish('message.sent', sent(1), { to: { shard: 0 } });
    await bus.publish('session.ended', ended(2));
    await until(async () => (await bus.deadLetters.list()).length === 2);
    healed = true;
    expect(await bus.deadLetters.redrive()).toBe(2);
    await until(() => heard.numbers.length === 2);
    expect(heard.numbers.toSorted()).toEqual([1, 2]);
    expect(await bus.deadLetters.list()).toEqual([]);
  });
}
