import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { testDatabase } from '../../testing/database.ts';
import { until } from '../../testing/until.ts';
import { type Bus, deleteRabbitNamespace, openEmbeddedBus, openRabbitBus } from '../index.ts';
import type { ChildOptions } from './child.ts';
import { registered, sent, upTo } from './examples.ts';
import { memory } from './ground.ts';

const log = pino({ enabled: false });
const url = process.env['TEST_BROKER_URL'] || 'amqp://guest:guest@127.0.0.1:5672';

interface Scene extends AsyncDisposable {
  readonly ground: ChildOptions['ground'];
  open(): Promise<Bus>;
}

const scenes: { adapter: string; scene: () => Promise<Scene> }[] = [
  {
    adapter: 'embedded',
    async scene() {
      const database = await testDatabase(log);
      return {
        ground: { database: database.url },
        open: () => openEmbeddedBus({ database: database.pool, log }),
        [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
      };
    },
  },
  {
    adapter: 'rabbitmq',
    async scene() {
      const ground = { url, namespace: `test-${randomBytes(6).toString('hex')}` };
      return { ground, open: () => openRabbitBus({ ...ground, log }), [Symbol.asyncDispose]: () => deleteRabbitNamespace(ground) };
    },
  },
];

/** Runs the child until what it said is enough, and kills it at once. */
async function killed(options: ChildOptions, enough: (said: readonly string[]) => boolean): Promise<string[]> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('child.ts', import.meta.url)), JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said: string[] = [];
  const lines = createInterface(child.stdout);
  lines.on('line', (line) => {
    said.push(line);
    if (enough(said)) child.kill('SIGKILL');
  });
  await Promise.all([once(child, 'exit'), once(lines, 'close')]);
  return said;
}

const numbers = (said: readonly string[], word: string) =>
  said.filter((line) => line.startsWith(`${word} `)).map((line) => Number(line.slice(word.length + 1)));

describe.each(scenes)('kill -9 on the $adapter bus', ({ adapter, scene }) => {
  test(`[${adapter}] [D7] a process killed between publishing and handling loses nothing that was safe`, async () => {
    await using place = await scene();
    const said = await killed(
      { ground: place.ground, hang: true },
      (lines) => lines.length > 400 && lines.some((line) => line.startsWith('took')),
    );
    const safe = Math.max(...numbers(said, 'safe'));
    await using bus = await place.open();
    const heard = memory();
    await bus.hear({ kind: 'shared', queue: 'users', names: ['user.registered'], handle: async (batch) => heard.take(batch) });
    await until(() => heard.numbers.length >= safe, 30_000);
    expect(heard.numbers.slice(0, safe)).toEqual(upTo(safe));
  });

  test(`[${adapter}] [D7] a process killed while it handles leaves the rest, in order, to the next one`, async () => {
    await using place = await scene();
    const said = await killed(
      { ground: place.ground, hang: false },
      (lines) => lines.filter((line) => line.startsWith('handled')).length > 300,
    );
    const safe = Math.max(...numbers(said, 'safe'));
    const handled = numbers(said, 'handled');
    expect(handled).toEqual(upTo(handled.length));
    await using bus = await place.open();
    const heard = memory();
    await bus.hear({ kind: 'shared', queue: 'users', names: ['user.registered'], handle: async (batch) => heard.take(batch) });
    await bus.publish('user.registered', registered(1_000_000));
    await until(() => heard.numbers.includes(1_000_000), 30_000);
    const rest = heard.numbers.filter((number) => number < 1_000_000);
    const first = rest[0] ?? handled.length + 1;
    expect(first).toBeLessThanOrEqual(handled.length + 1);
    expect(rest).toEqual(upTo(first + rest.length - 1, first));
    expect(Math.max(handled.length, rest.at(-1) ?? 0)).toBeGreaterThanOrEqual(safe);
  });

  test(`[${adapter}] [D7] what a killed process had not handled of a shard is handled when its publisher repeats it`, async () => {
    await using place = await scene();
    const said = await killed(
      { ground: place.ground, hang: true, shard: true },
      (lines) => lines.length > 400 && lines.some((line) => line.startsWith('took')),
    );
    const safe = numbers(said, 'safe');
    await using bus = await place.open();
    const heard = memory();
    await bus.hear({ kind: 'shards', queue: 'messages', shards: 1, names: ['message.sent'], handle: async (batch) => heard.take(batch) });
    await until(() => Promise.all(safe.map((number) => bus.publish('message.sent', sent(number), { to: { shard: 0 } }))));
    // What the queue still had comes first, and is no sign that what was repeated is all there.
    await until(() => expect(heard.numbers.slice(-safe.length)).toEqual(safe), 30_000);
  });
});
