import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import type { Service } from '@parley/common/contracts';
import { freePort, until } from '@parley/common/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { serviceNames } from '../platform/src/cluster/cluster.ts';
import { createInstance } from '../platform/src/cluster/instance.ts';
import { type Fault, faultsOf, type Ground, harmsNobody, named } from './faults.ts';
import { createLedger } from './ledger.ts';
import { mutants } from './mutants.ts';
import { createRandom } from './random.ts';
import { createWires } from './wires.ts';

let closing: AsyncDisposableStack;
beforeEach(() => {
  closing = new AsyncDisposableStack();
});
afterEach(() => closing.disposeAsync());

/** Processes that nobody has started, with wires to a server of which those that are `said` have been used. */
async function scene(
  said: readonly (readonly [string, string])[],
  idle: readonly (readonly [string, string])[] = [],
  edge?: Ground['cluster']['edge'],
) {
  const server = createServer((socket) => socket.on('error', () => {}).pipe(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.defer(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const wires = closing.use(createWires());
  const speak = async (over: number): Promise<Socket> => {
    const socket = closing.adopt(connect(over, '127.0.0.1'), (open) => void open.destroy());
    socket.on('error', () => {}).resume();
    socket.write('hello');
    await once(socket, 'data');
    return socket;
  };
  const sockets = new Map<string, Socket>();
  for (const [from, to] of said) sockets.set(`${from} to ${to}`, await speak(await wires.between(from, to, port)));
  for (const [from, to] of idle) await wires.between(from, to, port);
  const instances = serviceNames.flatMap((service) =>
    // No version of any service is there.
    [1, 2].map((number) => createInstance({ service, number, port: 1, environment: {}, logFile: '/dev/null', code: () => tmpdir() })),
  );
  const ledger = createLedger();
  const cluster = { edge, of: (service: Service) => instances.filter((instance) => instance.service === service) } as Ground['cluster'];
  const faults = (seed: number) =>
    faultsOf({
      cluster,
      ledger,
      tell: () => {},
      disk: '/nowhere',
      wires,
      random: createRandom(seed),
      ownDisk: true,
      clockOf: (name) => name,
      mayEnd: new Set(),
    });
  return { ledger, wires, sockets, faults };
}

const both = (from: string, to: string) => [1, 2].map((number) => [`${from}-${number}`, to] as const);
const partOf = ({ target }: Fault) => target.replaceAll(/-\d+/g, '');
const parts = (faults: readonly Fault[], kind: string) =>
  faults.flatMap((fault) => (fault.kind === kind ? [partOf(fault)] : [])).toSorted();
const all = (...more: string[]) => [...serviceNames, ...more].toSorted();

test('every process is harmed in every way', async () => {
  const faults = (await scene([])).faults(1);
  expect(parts(faults, 'kill -9')).toEqual(all('nginx', 'postgres', 'rabbitmq', 'redis'));
  expect(parts(faults, 'SIGSTOP')).toEqual(all('nginx', 'postgres', 'rabbitmq', 'redis'));
  expect(parts(faults, 'stop')).toEqual(all('postgres', 'rabbitmq', 'redis'));
  for (const clock of ['clock minutes ahead', 'clock minutes behind']) expect(parts(faults, clock)).toEqual(all());
  for (const [kind, target] of [
    ['reload', 'nginx'],
    ['disk full', 'postgres'],
    ['alarm of memory', 'rabbitmq'],
    ['alarm of disk', 'rabbitmq'],
  ] as const)
    expect(parts(faults, kind)).toEqual([target]);
});

test('whatever breaks for a mutant can be broken, of which process the seed decides', async () => {
  const { faults } = await scene(
    [],
    [...both('devices', 'nginx'), ...both('socket-handler', 'rabbitmq'), ...both('notifications', 'rabbitmq')],
  );
  const names = new Set(mutants.flatMap(({ breaks }) => breaks));
  for (const name of names) expect(partOf(named(faults(1), name)), name).toBe(name.slice(name.indexOf(': ') + 2));
  expect(named(faults(1), 'kill -9: messages')).toMatchObject({ kind: 'kill -9' });
  expect(named(faults(1), 'kill -9: messages-1')).toMatchObject({ target: 'messages-1' });
  expect(() => named(faults(1), 'kill -9: nobody')).toThrow('there is no fault "kill -9: nobody"; these are there:\n  kill -9: auth-');
});

test.each(['kill -9', 'stop'])('[D7] one that does not come back after a %s is seen before the run is given up', async (kind) => {
  const { faults, ledger } = await scene([]);
  const fault = faults(1).find((one) => one.kind === kind && one.target.startsWith('messages'));
  await expect(fault?.heal()).rejects.toThrow('ended before it was ready');
  expect(ledger.violations.map(({ kind: seen, what }) => `${seen}: ${what}`)).toEqual([
    `never answered: ${fault?.target} did not become ready again`,
  ]);
});

test('what takes no connections is not healed', async () => {
  const port = await freePort();
  const nginx = closing.adopt(
    createHttpServer((_request, response) => void response.writeHead(404).end()),
    (open) => void open.close(),
  );
  let listens = false;
  const start = async () => {
    setTimeout(() => nginx.listen(port, '127.0.0.1', () => (listens = true)), 100);
  };
  const { faults } = await scene([], [], { url: `http://127.0.0.1:${port}`, start } as Ground['cluster']['edge']);
  await faults(1)
    .find(({ kind, target }) => kind === 'kill -9' && target === 'nginx')
    ?.heal();
  expect(listens).toBe(true);
});

test('every wire over which something was said is harmed in every way; the others are named', async () => {
  const { faults, wires } = await scene([...both('messages', 'redis'), ...both('nginx', 'users-1')], both('auth', 'redis'));
  expect(wires.idle()).toEqual(['auth to redis']);
  const left = faults(1).filter((fault) => !harmsNobody(wires.idle())(fault));
  for (const kind of ['cut', 'black hole', 'black hole for one', 'slow'])
    expect(parts(left, kind), kind).toEqual(['messages to redis', 'nginx to users']);
});

test('the same seed draws the same, whoever has spoken by now and in whatever order the wires were laid', async () => {
  const [some, others] = [both('messages', 'redis'), both('auth', 'rabbitmq')];
  const drawn = (faults: readonly Fault[]) => faults.map(({ kind, target, harms }) => ({ kind, target, harms }));
  const [one, other] = [await scene(some, others), await scene(others, some.toReversed())];
  for (let seed = 0; seed < 20; seed++) expect(drawn(one.faults(seed))).toEqual(drawn(other.faults(seed)));
});

test('a wire is harmed for all instances, or for one alone, and its name says which', async () => {
  const { faults } = await scene(both('messages', 'redis'));
  const harmed = (kind: string, seed: number) => faults(seed).find((fault) => fault.kind === kind);
  const every = ['messages-1 to redis', 'messages-2 to redis'];
  for (let seed = 0; seed < 20; seed++) {
    expect(harmed('black hole', seed)).toMatchObject({ target: 'messages to redis', harms: every });
    const alone = harmed('black hole for one', seed);
    expect(every).toContain(alone?.target);
    expect(alone?.harms).toEqual([alone?.target]);
  }
  for (const kind of ['cut', 'slow']) {
    const targets = new Set(Array.from({ length: 40 }, (_, seed) => harmed(kind, seed)?.target));
    expect([...targets].toSorted()).toEqual(['messages to redis', ...every].toSorted());
  }
});

test('of messages the one is forgotten that RabbitMQ speaks with', async () => {
  const { faults, sockets, wires } = await scene(both('messages', 'rabbitmq'));
  const fault = faults(1).find(({ kind }) => kind === 'black hole for one');
  expect(fault).toMatchObject({ target: 'messages to rabbitmq', harms: ['messages-1 to rabbitmq', 'messages-2 to rabbitmq'] });
  expect(fault?.least).toBeGreaterThan(30);
  const busy = sockets.get('messages-2 to rabbitmq');
  const timer = setInterval(() => busy?.write('more'), 10);
  closing.defer(() => clearInterval(timer));
  await fault?.harm();
  const carried = () => wires.of('messages to rabbitmq').map(({ proxy }) => proxy.carried);
  const [before, silent] = carried();
  sockets.get('messages-1 to rabbitmq')?.write('hello');
  await until(() => (carried()[0] ?? 0) > (before ?? 0));
  expect(carried()[1]).toBe(silent);
  await fault?.heal();
  await until(() => (carried()[1] ?? 0) > (silent ?? 0));
});

test('one that is cut off alone leaves its siblings connected', async () => {
  const { faults, sockets } = await scene(both('messages', 'redis'));
  const alone = [...Array(20).keys()].flatMap((seed) => faults(seed).filter(({ kind, target }) => kind === 'cut' && /\d/.test(target)))[0];
  if (!alone) throw new Error('no seed cuts one alone');
  await alone.harm();
  const isOpen = (name: string) => sockets.get(name)?.destroyed === false;
  await until(() => !isOpen(alone.target));
  expect([...sockets.keys()].filter(isOpen)).toEqual(
    ['messages-1 to redis', 'messages-2 to redis'].filter((name) => name !== alone.target),
  );
});
