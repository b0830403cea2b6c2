import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Service } from '@parley/common/contracts';
import type { TcpProxy } from '@parley/common/testing';
import { type Cluster, serviceNames } from '../platform/src/cluster/cluster.ts';
import type { Instance } from '../platform/src/cluster/instance.ts';
import type { Random } from './random.ts';
import type { Wires } from './wires.ts';

/** Something bad that begins and ends. */
export interface Fault {
  readonly kind: string;
  readonly target: string;
  /** How long it lasts unless the schedule says otherwise, in seconds. */
  readonly seconds: number;
  harm(): Promise<void>;
  heal(): Promise<void>;
}

export interface Ground {
  readonly cluster: Cluster;
  /** Where PostgreSQL keeps its data. */
  readonly disk: string;
  readonly wires: Wires;
  readonly random: Random;
  /** That is a file system of its own, which can be filled without harm to others. */
  readonly ownDisk: boolean;
  /** Files in which the clock of an instance is set. */
  readonly clockOf: (instance: string) => string;
  /** Those that may end by themselves now. */
  readonly mayEnd: Set<string>;
}

const SLOW_MS = 150;
const CLOCK_OFF_MS = 300_000;
/** A process reads its clock this late, at the most, and asks others what time it is. */
const FINDS_OUT_MS = 2_000;

export function faultsOf(ground: Ground): Fault[] {
  const { wires, ownDisk } = ground;
  return [
    ...serviceNames.flatMap((service) => ofService(ground, service)),
    ...ofPostgres(ground),
    ...ofRabbit(ground),
    ...ofRedis(ground),
    ...wires.used().flatMap((pair) => ofWire(ground, pair)),
    ...(ownDisk ? [fullDisk(ground)] : []),
    ...serviceNames.flatMap((service) => [CLOCK_OFF_MS, -CLOCK_OFF_MS].map((offMs) => wrongClock(ground, service, offMs))),
  ];
}

function ofService({ cluster, random }: Ground, service: Service): Fault[] {
  let chosen: Instance | undefined;
  const one = () => {
    chosen = random.pick(cluster.of(service));
    return chosen;
  };
  const startAgain = async () => {
    await chosen?.start();
    await chosen?.ready();
  };
  return [
    { kind: 'kill -9', target: service, seconds: 1, harm: async () => one().kill(), heal: startAgain },
    { kind: 'stop', target: service, seconds: 0.5, harm: async () => one().stop(), heal: startAgain },
    {
      kind: 'SIGSTOP',
      target: service,
      seconds: 8,
      harm: async () => void one().signal('SIGSTOP'),
      heal: async () => void chosen?.signal('SIGCONT'),
    },
  ];
}

function ofPostgres({ disk }: Ground): Fault[] {
  const main = async () => Number((await readFile(join(disk, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0]);
  let frozen: number[] = [];
  const signal = (name: NodeJS.Signals) => async () => void process.kill(await main(), name);
  return [
    // It is started again by who runs it, as a pod of a cluster is.
    { kind: 'kill -9', target: 'postgres', seconds: 1, harm: signal('SIGKILL'), heal: async () => {} },
    { kind: 'stop', target: 'postgres', seconds: 1, harm: signal('SIGINT'), heal: async () => {} },
    {
      kind: 'SIGSTOP',
      target: 'postgres',
      seconds: 6,
      async harm() {
        frozen = await withChildren(await main());
        for (const pid of frozen) send(pid, 'SIGSTOP');
      },
      async heal() {
        for (const pid of frozen) send(pid, 'SIGCONT');
      },
    },
  ];
}

function ofRabbit({ cluster: { broker } }: Ground): Fault[] {
  const start = () => broker.start();
  return [
    { kind: 'kill -9', target: 'rabbitmq', seconds: 1, harm: () => broker.kill(), heal: start },
    { kind: 'stop', target: 'rabbitmq', seconds: 1, harm: () => broker.stop(), heal: start },
    { kind: 'SIGSTOP', target: 'rabbitmq', seconds: 6, harm: async () => broker.pause(), heal: async () => broker.goOn() },
    {
      kind: 'alarm of memory',
      target: 'rabbitmq',
      seconds: 5,
      harm: async () => void (await broker.control('set_vm_memory_high_watermark', 'absolute', '1')),
      heal: async () => void (await broker.control('set_vm_memory_high_watermark', '0.4')),
    },
    {
      kind: 'alarm of disk',
      target: 'rabbitmq',
      seconds: 5,
      harm: async () => void (await broker.control('set_disk_free_limit', 'mem_relative', '1000')),
      heal: async () => void (await broker.control('set_disk_free_limit', '50MB')),
    },
  ];
}

function ofRedis({ cluster: { cache } }: Ground): Fault[] {
  const start = () => cache.start();
  return [
    { kind: 'kill -9', target: 'redis', seconds: 3, harm: () => cache.kill(), heal: start },
    { kind: 'stop', target: 'redis', seconds: 1, harm: () => cache.stop(), heal: start },
    { kind: 'SIGSTOP', target: 'redis', seconds: 5, harm: async () => cache.pause(), heal: async () => cache.goOn() },
  ];
}

function ofWire({ wires }: Ground, pair: string): Fault[] {
  const each = (work: (wire: TcpProxy) => void) => async () => {
    for (const wire of wires.of(pair)) work(wire);
  };
  const heal = each((wire) => wire.mend());
  return [
    { kind: 'cut', target: pair, seconds: 3, harm: each((wire) => wire.cut()), heal },
    { kind: 'black hole', target: pair, seconds: 5, harm: each((wire) => wire.stall()), heal },
    { kind: 'slow', target: pair, seconds: 4, harm: each((wire) => wire.slow(SLOW_MS)), heal },
  ];
}

function fullDisk({ disk }: Ground): Fault {
  const filling = join(disk, 'filling');
  return {
    kind: 'disk full',
    target: 'postgres',
    seconds: 5,
    async harm() {
      const env = { ...process.env, LC_ALL: 'C' };
      await promisify(execFile)('dd', ['if=/dev/zero', `of=${filling}`, 'bs=1M'], { env }).catch((error: unknown) => {
        // It ends when nothing more can be written, which is what is wanted.
        if (!String(error).includes('No space left on device')) throw error;
      });
    },
    heal: () => rm(filling, { force: true }),
  };
}

/** It leaves, as one that is told to, and does not come back before its clock is right. */
function wrongClock({ cluster, random, clockOf, mayEnd }: Ground, service: Service, offMs: number): Fault {
  let chosen: Instance | undefined;
  const startAgain = async () => {
    await chosen?.start();
    await chosen?.ready();
  };
  const setClock = async (off: number) => void (chosen && (await writeFile(clockOf(chosen.name), String(off))));
  return {
    kind: offMs > 0 ? 'clock minutes ahead' : 'clock minutes behind',
    target: service,
    seconds: 15,
    async harm() {
      chosen = random.pick(cluster.of(service));
      mayEnd.add(chosen.name);
      await setClock(offMs);
    },
    async heal() {
      await setClock(0);
      // One that has just found out is still about to leave.
      await wait(FINDS_OUT_MS);
      await chosen?.ready().catch(startAgain);
      mayEnd.delete(chosen?.name ?? '');
    },
  };
}

async function withChildren(parent: number): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const children = await Promise.all(
    pids.map(async (pid) => {
      const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      return Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[1]) === parent ? [pid] : [];
    }),
  );
  return [parent, ...children.flat()];
}

function send(pid: number, signal: NodeJS.Signals) {
  if (existsSync(`/proc/${pid}`)) process.kill(pid, signal);
}
