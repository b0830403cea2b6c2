import { expect } from 'vitest';
import { ParleyError } from '../../contracts/index.ts';
import { until } from '../../testing/until.ts';
import { Away, type Heard } from '../bus.ts';
import { numberOf, read, sent, upTo } from './examples.ts';
import { type Case, door, memory } from './ground.ts';

export function shards(holds: Case) {
  holds('a shard keeps the order of everything in it, whatever its name', async (ground) => {
    const bus = await ground.pod();
    const heard = memory();
    const names = ['message.sent', 'message.read'] as const;
    await bus.hear({ kind: 'shards', queue: 'messages', shards: 2, names, handle: async (batch) => heard.take(batch) });
    const publish = (number: number) =>
      number % 3 === 0
        ? bus.publish('message.read', read(number), { to: { shard: 1 } })
        : bus.publish('message.sent', sent(number), { to: { shard: 1 } });
    for (let round = 0; round < 10; round++) {
      const published = upTo(round * 30 + 30, round * 30 + 1).map(publish);
      if (round % 3 === 0) await Promise.all(published);
    }
    await until(() => heard.numbers.length === 300);
    expect(heard.numbers).toEqual(upTo(300));
    expect(new Set(heard.facts.map(({ name }) => name))).toEqual(new Set(names));
  });

  holds('a shard whose hearer is stuck does not stop another shard', async (ground) => {
    const bus = await ground.pod();
    const stuck = door();
    const heard = memory();
    const handle = async (batch: readonly Heard[]) => (numberOf(batch[0] as Heard) === 1 ? stuck.opened : heard.take(batch));
    await bus.hear({ kind: 'shards', queue: 'messages', shards: 2, names: ['message.sent'], handle });
    await bus.publish('message.sent', sent(1), { to: { shard: 0 } });
    await Promise.all(upTo(20, 2).map((number) => bus.publish('message.sent', sent(number), { to: { shard: 1 } })));
    await until(() => heard.numbers.length === 19);
    stuck.open();
  });

  holds('the shards of a hearer that goes are taken over where they stand', async (ground) => {
    const [one, other, publisher] = [await ground.pod(), await ground.pod(), await ground.pod()];
    const [first, second] = [memory(), memory()];
    const names = ['message.sent'] as const;
    const active = await one.hear({ kind: 'shards', queue: 'messages', shards: 1, names, handle: async (batch) => first.take(batch) });
    await other.hear({ kind: 'shards', queue: 'messages', shards: 1, names, handle: async (batch) => second.take(batch) });
    const published = upTo(200).map((number) => publisher.publish('message.sent', sent(number), { to: { shard: 0 } }));
    await until(() => first.numbers.length > 0);
    await active[Symbol.asyncDispose]();
    await Promise.all([
      ...published,
      ...upTo(250, 201).map((number) => publisher.publish('message.sent', sent(number), { to: { shard: 0 } })),
    ]);
    await until(() => first.numbers.length + second.numbers.length >= 250);
    expect([...first.numbers, ...second.numbers]).toEqual(upTo(250));
  });

  holds('what a hearer that went had not finished comes to the next one as given before', async (ground) => {
    const [one, other, publisher] = [await ground.pod(), await ground.pod(), await ground.pod()];
    const begun = door();
    const heard = memory();
    const options = { kind: 'shards', queue: 'messages', shards: 1, names: ['message.sent'] } as const;
    const active = await one.hear({
      ...options,
      handle: async () => {
        begun.open();
        throw new Away('nothing can be told');
      },
    });
    await publisher.publish('message.sent', sent(1), { to: { shard: 0 } });
    await begun.opened;
    await active[Symbol.asyncDispose]();
    await other.hear({ ...options, handle: async (batch) => heard.take(batch) });
    await until(() => heard.facts.length === 1);
    await publisher.publish('message.sent', sent(2), { to: { shard: 0 } });
    await until(() => heard.facts.length === 2);
    expect(heard.facts.map(({ again }) => again)).toEqual([true, undefined]);
  });

  holds('a full shard refuses with bus-full, keeps what it took, and takes more when there is room', async (ground) => {
    const bus = await ground.pod();
    const closed = door();
    const heard = memory();
    const handle = async (batch: readonly Heard[]) => {
      await closed.opened;
      heard.take(batch);
    };
    await bus.hear({ kind: 'shards', queue: 'messages', shards: 1, bound: 20, names: ['message.sent'], handle });
    const taken: number[] = [];
    let refusal: unknown;
    for (let number = 1; refusal === undefined && number < 5_000; number++) {
      await bus.publish('message.sent', sent(number), { to: { shard: 0 } }).then(
        () => taken.push(number),
        (error: unknown) => {
          refusal = error;
        },
      );
    }
    expect(refusal).toBeInstanceOf(ParleyError);
    expect(refusal).toMatchObject({ code: 'bus-full', retryAfter: expect.any(Number) });
    expect(taken.length).toBeGreaterThanOrEqual(20);
    closed.open();
    await until(() => heard.numbers.length === taken.length);
    expect(heard.numbers).toEqual(taken);
    await until(() => bus.publish('message.sent', sent(6_000), { to: { shard: 0 } }).then(() => true));
    await until(() => heard.numbers.at(-1) === 6_000);
  });

  holds('what a full shard refuses it refuses with all that was published behind it', async (ground) => {
    const bus = await ground.pod();
    const closed = door();
    await bus.hear({ kind: 'shards', queue: 'messages', shards: 1, bound: 20, names: ['message.sent'], handle: () => closed.opened });
    const taken: number[] = [];
    let refused = false;
    const publish = (number: number) =>
      bus.publish('message.sent', sent(number), { to: { shard: 0 } }).then(
        () => taken.push(number),
        () => {
          refused = true;
        },
      );
    // On and on, as somebody types who has not heard yet that it is full.
    const published: Promise<unknown>[] = [];
    for (let number = 1; !refused; number++) {
      published.push(publish(number));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all(published);
    closed.open();
    expect(taken.length).toBeLessThan(published.length);
    expect(taken).toEqual(upTo(taken.length));
  });

  holds('a shard that nobody has ever heard refuses: nothing is lost in silence', async (ground) => {
    const bus = await ground.pod();
    await expect(bus.publish('message.sent', sent(1), { to: { shard: 0 } })).rejects.toMatchObject({ code: 'bus-away' });
  });
}
