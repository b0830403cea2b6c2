import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../server/clock.ts';
import { hasRabbit, type RabbitServer, startRabbitServer } from '../../testing/rabbitmq-server.ts';
import { startTcpProxy } from '../../testing/tcp-proxy.ts';
import { until } from '../../testing/until.ts';
import { type Bus, openRabbitBus, type RabbitBusOptions } from '../index.ts';
import { ended, registered, upTo } from './examples.ts';
import { door, memory } from './ground.ts';

const log = pino({ level: process.env['TEST_LOG'] || 'silent' });
/** A machine without the program can't run these; the one that decides must. */
const runs = hasRabbit || process.env['CI'] === 'true';
/** A broker of its own takes this long to come back on a busy machine. */
const patience = 90_000;

describe.runIf(runs)('the rabbitmq bus under faults', () => {
  let server: RabbitServer;
  beforeAll(async () => {
    server = await startRabbitServer({ advanced: ['{consumer_timeout, 3000}', '{channel_tick_interval, 1000}'] });
  }, 120_000);
  afterAll(() => server?.[Symbol.asyncDispose]());

  /** A pod behind a wire of its own. */
  async function scene(options: Partial<RabbitBusOptions> = {}) {
    const stack = new AsyncDisposableStack();
    const namespace = `test-${randomBytes(6).toString('hex')}`;
    const wire = stack.use(await startTcpProxy({ port: server.port }));
    const open = async (over: { readonly port: number } = wire) => {
      const url = `amqp://guest:guest@127.0.0.1:${over.port}?heartbeat=2`;
      return stack.use(await openRabbitBus({ url, log, namespace, ...options }));
    };
    return { wire, open, [Symbol.asyncDispose]: () => stack.disposeAsync() };
  }

  /** Publishes until it is told to stop; tells which were safe. */
  function keepPublishing(bus: Bus, burst = 10) {
    const safe: number[] = [];
    const refused: unknown[] = [];
    let stopped = false;
    const publish = (number: number) =>
      bus.publish('user.registered', registered(number)).then(
        () => safe.push(number),
        (error: unknown) => refused.push(error),
      );
    const run = async () => {
      for (let first = 1; !stopped; first += burst) await Promise.all(upTo(first + burst - 1, first).map(publish));
    };
    const running = run();
    return {
      safe,
      refused,
      async stop() {
        stopped = true;
        await running;
      },
    };
  }

  const firstTimes = (numbers: readonly number[]) => [...new Set(numbers)];

  test('[rabbitmq] [D7] a connection that is cut again and again loses nothing and keeps the order', async () => {
    await using place = await scene();
    const [hearer, publisher] = [await place.open(), await place.open()];
    const heard = memory();
    await hearer.hear({ kind: 'shared', queue: 'users', names: ['user.registered'], handle: async (batch) => heard.take(batch) });
    const publishing = keepPublishing(publisher);
    for (let cut = 1; cut <= 3; cut++) {
      const before = publishing.safe.length;
      await until(() => publishing.safe.length > before + 100, patience);
      place.wire.drop();
    }
    await publishing.stop();
    await until(() => publishing.safe.every((number) => heard.numbers.includes(number)), patience);
    expect(publishing.refused).toEqual([]);
    expect(firstTimes(heard.numbers)).toEqual(upTo(publishing.safe.length));
  });

  test('[rabbitmq] a pod whose queue had to be declared anew is told of a gap', async () => {
    await using place = await scene();
    const [pod, publisher] = [await place.open(), await place.open(server)];
    const heard = memory();
    let gaps = 0;
    await pod.hear({
      kind: 'pod',
      queue: 'auth',
      pod: 'a',
      names: ['session.ended'],
      onGap: () => {
        gaps++;
      },
      handle: async (batch) => heard.take(batch),
    });
    await publisher.publish('session.ended', ended(1));
    await until(() => heard.numbers.length === 1);
    expect(gaps).toBe(0);
    place.wire.cut();
    await until(() => pod.state === 'away');
    await publisher.publish('session.ended', ended(2));
    place.wire.mend();
    await until(() => gaps > 0, patience);
    await publisher.publish('session.ended', ended(3));
    await until(() => heard.numbers.includes(3));
    expect(heard.numbers).toEqual([1, 3]);
  });

  test('[rabbitmq] while the broker is away publishing waits, and then is refused with bus-away', async () => {
    await using place = await scene();
    const bus = await place.open();
    const heard = memory();
    await bus.hear({ kind: 'shared', queue: 'users', names: ['user.registered'], handle: async (batch) => heard.take(batch) });
    const states: string[] = [];
    bus.onState((state) => states.push(state));
    place.wire.cut();
    await until(() => bus.state === 'away');
    await expect(bus.publish('user.registered', registered(1))).rejects.toMatchObject({ code: 'bus-away', retryAfter: expect.any(Number) });
    const waiting = bus.publish('user.registered', registered(2));
    place.wire.mend();
    await waiting;
    await until(() => heard.numbers.length === 1);
    expect(heard.numbers).toEqual([2]);
    await until(() => bus.state === 'up');
    expect(states[0]).toBe('away');
    expect(states.at(-1)).toBe('up');
  });

  test('[rabbitmq] a bus opened while the broker is away begins by itself when it is back', async () => {
    await using place = await scene();
    place.wire.cut();
    const bus = await place.open();
    expect(bus.state).toBe('away');
    const heard = memory();
    const hearer = await bus.hear({
      kind: 'shared',
      queue: 'users',
      names: ['user.registered'],
      handle: async (batch) => heard.take(batch),
    });
    expect(hearer.hearing).toBe(false);
    place.wire.mend();
    await until(() => hearer.hearing && bus.state === 'up', patience);
    await bus.publish('user.registered', registered(1));
    await until(() => heard.numbers.length === 1);
  });

  test('[rabbitmq] a wire on which nothing passes any more is noticed and left', async () => {
    await using place = await scene();
    const [bus, other] = [await place.open(), await place.open(server)];
    const heard = memory();
    await bus.hear({ kind: 'shared', queue: 'users', names: ['user.registered'], handle: async (batch) => heard.take(batch) });
    place.wire.stall();
    await until(() => bus.state === 'away', patience);
    await other.publish('user.registered', registered(1));
    place.wire.mend();
    await until(() => heard.numbers.includes(1), patience);
  });

  test('[rabbitmq] a broker short of memory takes nothing: publishing waits, hearing goes on', async () => {
    await using place = await scene();
    const bus = await place.open();
    const heard = memory();
    const first = door();
    const handle = async (batch: Parameters<typeof heard.take>[0]) => {
      await first.opened;
      heard.take(batch);
    };
    await bus.hear({ kind: 'shared', queue: 'users', names: ['user.registered'], batch: 1, handle });
    await Promise.all(upTo(5).map((number) => bus.publish('user.registered', registered(number))));
    await server.control('set_vm_memory_high_watermark', '0.00001');
    let safe = false;
    const publish = () => bus.publish('user.registered', registered(6)).then(() => true);
    // The alarm lasts as long as the operator's command takes: longer, maybe, than a publication waits.
    const waiting = publish().then(
      () => {
        safe = true;
      },
      (error: unknown) => expect(error).toMatchObject({ code: 'bus-away' }),
    );
    try {
      await until(() => bus.state === 'blocked', patience);
      first.open();
      await until(() => heard.numbers.includes(5), patience);
      expect(safe).toBe(false);
    } finally {
      await server.control('set_vm_memory_high_watermark', '0.4');
    }
    await waiting;
    await until(() => bus.state === 'up', patience);
    await publish();
    await until(() => heard.numbers.includes(6), patience);
  });

  test('[rabbitmq] a hearer that the broker waited for too long is given its facts again, and no other queue notices', async () => {
    // What is patience to people is a moment here.
    await using place = await scene({ clock: { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / 20, signal) } });
    const bus = await place.open();
    const [stuck, other] = [memory(), memory()];
    const hearer = await bus.hear({
      kind: 'shared',
      queue: 'users',
      names: ['user.registered'],
      handle: async (batch) => {
        stuck.take(batch);
        if (stuck.batches.length === 1) await new Promise(() => {});
      },
    });
    const beside = await bus.hear({
      kind: 'shared',
      queue: 'messages',
      names: ['user.registered'],
      handle: async (batch) => other.take(batch),
    });
    await until(() => hearer.hearing && beside.hearing);
    await bus.publish('user.registered', registered(1));
    await until(() => stuck.batches.length >= 2, patience);
    expect(stuck.numbers).toEqual([1, 1]);
    await bus.publish('user.registered', registered(2));
    await until(() => stuck.numbers.includes(2) && other.numbers.includes(2));
    expect(other.numbers).toEqual([1, 2]);
  });

  test('[rabbitmq] [D7] a restart of the broker loses nothing that was confirmed', async () => {
    await using place = await scene();
    const [hearer, publisher] = [await place.open(), await place.open()];
    const heard = memory();
    await hearer.hear({ kind: 'shared', queue: 'users', names: ['user.registered'], handle: async (batch) => heard.take(batch) });
    const publishing = keepPublishing(publisher);
    await until(() => publishing.safe.length > 200, patience);
    await server.stop();
    await until(() => publisher.state === 'away');
    await server.start();
    const before = publishing.safe.length;
    await until(() => publishing.safe.length > before + 200, patience);
    await publishing.stop();
    await until(() => publishing.safe.every((number) => heard.numbers.includes(number)), patience);
    const order = firstTimes(heard.numbers);
    expect(order).toEqual(order.toSorted((one, other) => one - other));
    for (const refusal of publishing.refused) expect(refusal).toMatchObject({ code: 'bus-away' });
  });

  test('[rabbitmq] [D7] a broker that is killed keeps what it confirmed', async () => {
    await using place = await scene();
    const bus = await place.open();
    const heard = memory();
    const hearing = { kind: 'shared', queue: 'users', names: ['user.registered'] } as const;
    await (await bus.hear({ ...hearing, handle: async () => {} }))[Symbol.asyncDispose]();
    // Before it has written down where its youngest queue lies, this broker can't bring that queue back at all.
    await server.stop();
    await server.start();
    await until(() => bus.state === 'up', patience);
    const publishing = keepPublishing(bus);
    await until(() => publishing.safe.length > 300, patience);
    await server.kill();
    await publishing.stop();
    await server.start();
    await until(() => bus.state === 'up', patience);
    await bus.hear({ ...hearing, handle: async (batch) => heard.take(batch) });
    await until(() => publishing.safe.every((number) => heard.numbers.includes(number)), patience);
    const order = firstTimes(heard.numbers);
    expect(order).toEqual(order.toSorted((one, other) => one - other));
  });
});
