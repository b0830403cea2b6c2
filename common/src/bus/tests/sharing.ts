import { expect } from 'vitest';
import { lastingQueues } from '../../contracts/index.ts';
import { until } from '../../testing/until.ts';
import type { Heard } from '../bus.ts';
import { numberOf, online, registered, upTo } from './examples.ts';
import { type Case, door, memory } from './ground.ts';

export function sharing(holds: Case) {
  holds('every queue that names a fact is given it', async (ground) => {
    const bus = await ground.pod();
    const [users, messages] = [memory(), memory()];
    await bus.hear({
      kind: 'shared',
      queue: 'users',
      names: ['user.registered', 'user.online'],
      handle: async (batch) => users.take(batch),
    });
    await bus.hear({ kind: 'shared', queue: 'messages', names: ['user.registered'], handle: async (batch) => messages.take(batch) });
    await bus.publish('user.registered', registered(1));
    await bus.publish('user.online', online(2));
    await bus.publish('user.registered', registered(3));
    await until(() => users.numbers.length === 3 && messages.numbers.length === 2);
    expect([users.numbers, messages.numbers]).toEqual([
      [1, 2, 3],
      [1, 3],
    ]);
  });

  holds('[D7] what is told before a service was there for the first time waits for it', async (ground) => {
    const [publisher, late] = [await ground.pod(), await ground.pod()];
    const { users, messages } = lastingQueues;
    await Promise.all(upTo(3).map((number) => publisher.publish('user.registered', registered(number))));
    const heard = [memory(), memory()] as const;
    await late.hear({ kind: 'shared', queue: 'users', names: users, handle: async (batch) => heard[0].take(batch) });
    await late.hear({ kind: 'shared', queue: 'messages', names: messages, handle: async (batch) => heard[1].take(batch) });
    await until(() => heard.every(({ numbers }) => numbers.length === 3));
    expect(heard.map(({ numbers }) => numbers)).toEqual([upTo(3), upTo(3)]);
  });

  holds('a shared queue gives each fact once, to one of two hearers; the other takes over when that one goes', async (ground) => {
    const [one, other, publisher] = [await ground.pod(), await ground.pod(), await ground.pod()];
    const [first, second] = [memory(), memory()];
    const active = await one.hear({ kind: 'shared', queue: 'users', names: ['user.online'], handle: async (batch) => first.take(batch) });
    await other.hear({ kind: 'shared', queue: 'users', names: ['user.online'], handle: async (batch) => second.take(batch) });
    await Promise.all(upTo(50).map((number) => publisher.publish('user.online', online(number))));
    await until(() => first.numbers.length + second.numbers.length === 50);
    expect(first.numbers).toEqual(upTo(50));
    await active[Symbol.asyncDispose]();
    await Promise.all(upTo(100, 51).map((number) => publisher.publish('user.online', online(number))));
    await until(() => second.numbers.length === 50);
    expect(second.numbers).toEqual(upTo(100, 51));
    expect(first.numbers).toEqual(upTo(50));
  });

  holds('a known queue keeps what is published while nobody hears it, also over a restart', async (ground) => {
    const bus = await ground.pod();
    const heard = memory();
    const hearing = {
      kind: 'shared',
      queue: 'users',
      names: ['user.registered'],
      handle: async (batch: readonly Heard[]) => heard.take(batch),
    } as const;
    const hearer = await bus.hear(hearing);
    await hearer[Symbol.asyncDispose]();
    await Promise.all(upTo(20).map((number) => bus.publish('user.registered', registered(number))));
    const again = await ground.restart();
    await Promise.all(upTo(40, 21).map((number) => again.publish('user.registered', registered(number))));
    expect(heard.numbers).toEqual([]);
    await again.hear(hearing);
    await until(() => heard.numbers.length === 40);
    expect(heard.numbers).toEqual(upTo(40));
  });

  holds('a hearer that hangs does not stop other queues', async (ground) => {
    const bus = await ground.pod();
    const hang = door();
    const heard = memory();
    await bus.hear({ kind: 'shared', queue: 'users', names: ['user.online'], handle: () => hang.opened });
    await bus.hear({ kind: 'shared', queue: 'messages', names: ['user.online'], handle: async (batch) => heard.take(batch) });
    await Promise.all(upTo(100).map((number) => bus.publish('user.online', online(number))));
    await until(() => heard.numbers.length === 100);
    hang.open();
  });

  holds('two services that answer each other do not stand still', async (ground) => {
    const bus = await ground.pod();
    const heard = memory();
    const last = 60;
    await bus.hear({
      kind: 'shared',
      queue: 'users',
      names: ['user.registered'],
      handle: async (batch) => {
        heard.take(batch);
        await Promise.all(batch.map((fact) => bus.publish('user.online', online(numberOf(fact) + 1))));
      },
    });
    await bus.hear({
      kind: 'shared',
      queue: 'notifications',
      names: ['user.online'],
      handle: async (batch) => {
        heard.take(batch);
        const next = batch.map((fact) => numberOf(fact) + 1).filter((number) => number <= last);
        await Promise.all(next.map((number) => bus.publish('user.registered', registered(number))));
      },
    });
    await bus.publish('user.registered', registered(1));
    await until(() => heard.numbers.includes(last));
    expect(heard.numbers).toEqual(upTo(last));
  });
}
