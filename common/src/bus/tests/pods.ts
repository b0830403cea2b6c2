import { expect } from 'vitest';
import { until } from '../../testing/until.ts';
import { ended, online, typing, upTo } from './examples.ts';
import { type Case, memory } from './ground.ts';

export function pods(holds: Case) {
  const names = ['person.typing', 'session.ended'] as const;
  const onGap = () => {};

  holds('a fact for some pods reaches these alone, one for every pod reaches all of the group', async (ground) => {
    const publisher = await ground.pod();
    const heard = new Map<string, ReturnType<typeof memory>>();
    for (const [queue, pod] of [
      ['socket-handler', 'a'],
      ['socket-handler', 'b'],
      ['socket-handler', 'c'],
      ['notifications', 'a'],
    ] as const) {
      const own = memory();
      heard.set(`${queue} ${pod}`, own);
      await (await ground.pod()).hear({ kind: 'pod', queue, pod, names, onGap, handle: async (batch) => own.take(batch) });
    }
    await publisher.publish('person.typing', typing(1), { to: { group: 'socket-handler', pods: ['a', 'b'] } });
    await publisher.publish('person.typing', typing(2), { to: { group: 'socket-handler', pods: ['c', 'gone'] } });
    await publisher.publish('person.typing', typing(3), { to: { group: 'socket-handler', pods: 'every' } });
    await publisher.publish('person.typing', typing(4), { to: { group: 'socket-handler', pods: [] } });
    await publisher.publish('person.typing', typing(5), { to: { group: 'notifications', pods: 'every' } });
    await until(() => [...heard.values()].every(({ numbers }) => numbers.includes(3) || numbers.includes(5)));
    expect(Object.fromEntries([...heard].map(([pod, { numbers }]) => [pod, numbers]))).toEqual({
      'socket-handler a': [1, 3],
      'socket-handler b': [1, 3],
      'socket-handler c': [2, 3],
      'notifications a': [5],
    });
  });

  holds('a fact that is not addressed reaches every pod that named it', async (ground) => {
    const publisher = await ground.pod();
    const all = await Promise.all(
      ['a', 'b'].map(async (pod) => {
        const own = memory();
        await (await ground.pod()).hear({ kind: 'pod', queue: 'auth', pod, names, onGap, handle: async (batch) => own.take(batch) });
        return own;
      }),
    );
    await Promise.all(upTo(30).map((number) => publisher.publish('session.ended', ended(number))));
    await publisher.publish('user.online', online(31));
    await until(() => all.every(({ numbers }) => numbers.length === 30));
    for (const { numbers } of all) expect(numbers).toEqual(upTo(30));
  });

  holds('two hearings of one pod are both given what is addressed to it', async (ground) => {
    const bus = await ground.pod();
    const [first, second] = [memory(), memory()];
    await bus.hear({ kind: 'pod', queue: 'auth', pod: 'a', names, onGap, handle: async (batch) => first.take(batch) });
    await bus.hear({ kind: 'pod', queue: 'auth', pod: 'a', names: ['person.typing'], onGap, handle: async (batch) => second.take(batch) });
    await bus.publish('person.typing', typing(1), { to: { group: 'auth', pods: ['a'] } });
    await bus.publish('session.ended', ended(2));
    await bus.publish('person.typing', typing(3), { to: { group: 'auth', pods: 'every' } });
    await until(() => first.numbers.length === 3 && second.numbers.length === 2);
    expect(first.numbers.toSorted()).toEqual([1, 2, 3]);
    expect(second.numbers).toEqual([1, 3]);
  });

  holds('a pod that misses nothing is told of no gap', async (ground) => {
    const publisher = await ground.pod();
    const own = memory();
    let gaps = 0;
    const count = () => {
      gaps++;
    };
    const pod = await ground.pod();
    await pod.hear({ kind: 'pod', queue: 'auth', pod: 'a', names, onGap: count, handle: async (batch) => own.take(batch) });
    for (const number of upTo(10)) {
      await publisher.publish('session.ended', ended(number));
      await publisher.publish('person.typing', typing(number), { to: { group: 'auth', pods: number % 2 ? ['a'] : 'every' } });
    }
    await until(() => own.numbers.length === 20);
    expect(gaps).toBe(0);
  });
}
