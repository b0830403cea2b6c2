import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { podsOf, type RedisServer, startRedisServer, testClock, testLease, testLog, twoPods, until } from '../testing/index.ts';
import { openRedisRegistry, type Registry } from './index.ts';

const [ann, ben, cleo] = [randomUUID(), randomUUID(), randomUUID()];
let own: RedisServer;
let opened: AsyncDisposableStack;
beforeEach(async () => {
  opened = new AsyncDisposableStack();
  own = opened.use(await startRedisServer());
});
afterEach(() => opened.disposeAsync());

/** As each process opens it. */
const open = async (lease = testLease, now = 5_000): Promise<Registry> =>
  opened.use(await openRedisRegistry({ url: own.url, log: testLog, lease, clock: testClock(now) }));

test('a pod that dies without goodbye is reaped with its devices, which depart at its last renewal [D9]', async () => {
  const { one, two, registry, processes } = await twoPods(open);
  await Promise.all([one.add(ann), one.add(ben), two.add(ben)]);
  await processes[0][Symbol.asyncDispose]();
  await until(async () => expect(await podsOf(registry, [ann, ben])).toEqual({ [ben]: ['two'] }));
  expect(await two.departures(5_000, 10)).toEqual([{ userId: ann, since: 5_000 }]);
});

test('[D9] who was on a pod whose clock is ahead departs now, and not when it will be as late as it said', async () => {
  const { one, two, processes } = await twoPods(() => open(testLease, Date.now() + 300_000));
  await Promise.all([one.add(ann), two.add(ben)]);
  await one.remove(ann);
  await until(async () => (await two.departures(Date.now(), 10)).length === 1);
  await processes[1][Symbol.asyncDispose]();
  await until(async () => (await one.departures(Date.now(), 10)).length === 2);
});

test('nothing is known of a fresh Redis until a lease has passed: everybody is told', async () => {
  const registry = await open({ renewMs: 3_000, forMs: 9_000 });
  const one = await registry.join('pods', 'one', () => {});
  await one.add(ann);
  expect(one.known).toBe(false);
  expect(await registry.podsOf('pods', [ann])).toBe('every');
});

test('a restart from nothing makes everybody be told, until all pods are registered again from memory [D7]', async () => {
  const lost = vi.fn();
  const { one, two, registry } = await twoPods(open, lost);
  await Promise.all([one.add(ann), two.add(ben)]);

  await own.kill();
  await until(async () => (await registry.podsOf('pods', [ann])) === 'every');
  await until(() => !one.known);
  await one.add(cleo);
  await two.remove(ben);
  await own.start();
  // Whatever is answered on the way: never a list that lacks a pod.
  await until(async () => {
    const pods = await registry.podsOf('pods', [ann, cleo]);
    if (pods === 'every') return false;
    expect(Object.fromEntries(pods)).toEqual({ [ann]: ['one'], [cleo]: ['one'] });
    return true;
  });
  expect(lost).toHaveBeenCalledWith('one');
  await until(() => one.known && two.known);
  expect(await podsOf(registry, [ben])).toEqual({});
});

test('[D9] what is not known is asked for again soon, and not with the next renewal', async () => {
  const registry = await open({ renewMs: 3_600_000, forMs: 1_000 });
  const one = await registry.join('pods', 'one', () => {});
  await one.add(ann);
  await until(() => one.known);
  own.pause();
  await until(() => !one.known);
  own.goOn();
  await until(() => one.known);
  expect(await podsOf(registry, [ann])).toEqual({ [ann]: ['one'] });
});

test('a Redis that was flushed is as one that is new', async () => {
  const { one, registry } = await twoPods(open);
  await one.add(ann);
  await send(own.port, 'FLUSHALL');
  expect(await registry.podsOf('pods', [ann])).toBe('every');
  await until(async () => expect(await podsOf(registry, [ann])).toEqual({ [ann]: ['one'] }));
});

test('[D7] a pod that sleeps past its lease is reaped; awake it registers again and says that it was left out', async () => {
  const lost = vi.fn();
  const { two, registry } = await twoPods(open, lost);
  await two.add(ben);
  const script = fileURLToPath(new URL('pod.example.ts', import.meta.url));
  const pod = spawn(process.execPath, [script, own.url, ann], { stdio: ['ignore', 'pipe', 'inherit'] });
  opened.defer(() => void pod.kill('SIGKILL'));
  const said: string[] = [];
  createInterface({ input: pod.stdout }).on('line', (line) => said.push(line));
  await until(() => said.includes('registered'));
  await until(async () => expect(await podsOf(registry, [ann])).toEqual({ [ann]: ['sleeper'] }));

  pod.kill('SIGSTOP');
  await until(async () => expect(await podsOf(registry, [ann, ben])).toEqual({ [ben]: ['two'] }));
  pod.kill('SIGCONT');
  await until(() => said.includes('lost'));
  expect(await podsOf(registry, [ann, ben])).toEqual({ [ann]: ['sleeper'], [ben]: ['two'] });
  expect(lost).not.toHaveBeenCalled();
});

test('[D7] a Redis that comes back with what it once held is not believed either', async () => {
  const { one, two, registry } = await twoPods(open);
  await Promise.all([one.add(ann), two.add(ben)]);
  await send(own.port, 'SAVE');
  await one.add(cleo);
  await two.remove(ben);
  await own.kill();
  await own.start();
  expect(await send(own.port, 'KEYS *devices')).not.toBe('');
  await until(async () => {
    const pods = await registry.podsOf('pods', [ann, ben, cleo]);
    if (pods === 'every') return false;
    expect(Object.fromEntries(pods)).toEqual({ [ann]: ['one'], [cleo]: ['one'] });
    return true;
  });
});

test('a Redis that hangs costs nobody more than one wait, and is taken up where it stood', async () => {
  const { one, registry } = await twoPods(open);
  await one.add(ann);
  own.pause();
  expect(await registry.podsOf('pods', [ann])).toBe('every');
  await Promise.all([one.add(ben), one.remove(ann)]);
  own.goOn();
  await until(async () => expect(await podsOf(registry, [ann, ben])).toEqual({ [ben]: ['one'] }));
});

test('a pod starts while Redis is away, and is known when it comes', async () => {
  await own.kill();
  const registry = await open();
  const lost = vi.fn();
  const one = await registry.join('pods', 'one', lost);
  await one.add(ann);
  expect(await registry.podsOf('pods', [ann])).toBe('every');
  await own.start();
  await until(async () => expect(await podsOf(registry, [ann])).toEqual({ [ann]: ['one'] }));
  expect(lost).toHaveBeenCalledTimes(1);
});

async function send(port: number, command: string): Promise<string> {
  const redis = new Redis(port, '127.0.0.1');
  const [name, ...args] = command.split(' ');
  const answer = await redis.call(name as string, ...args);
  redis.disconnect();
  return String(answer);
}
