import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { until } from '@parley/common/testing';
import pg from 'pg';
import { databaseOf } from '../platform/src/worlds.ts';
import type { Fault, Ground } from './faults.ts';
import { withoutStore } from './without-store.ts';

const { Client } = pg;
const READY_WITHIN_MS = 60_000;
const ANSWERS_WITHIN_MS = 1_000;

/** What befalls the servers that stand behind the services, and NGINX in front of them. */
export const ofServers = (ground: Ground): Fault[] => [...ofPostgres(ground), ...ofRabbit(ground), ...ofRedis(ground), ...ofNginx(ground)];

type Harm = Pick<Fault, 'kind' | 'seconds' | 'harm' | 'heal'>;

/** A server that is harmed in two ways at once could not be healed of one of them: each is for itself. */
const befalls = (target: string, all: readonly Harm[]): Fault[] => all.map((harm) => ({ ...harm, target, harms: [target], needs: [] }));

function ofPostgres({ cluster, ledger, disk, ownDisk }: Ground): Fault[] {
  const main = async () => Number((await readFile(join(disk, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0]);
  let frozen: number[] = [];
  const signal = (name: NodeJS.Signals) => async () => void process.kill(await main(), name);
  const ready = () => untilAnswered(() => ask(cluster.postgres.url(databaseOf('messages'))));
  const all: Harm[] = [
    // It is started again by who runs it, as a pod of a cluster is.
    { kind: 'kill -9', seconds: 1, harm: signal('SIGKILL'), heal: async () => {} },
    { kind: 'stop', seconds: 1, harm: signal('SIGINT'), heal: async () => {} },
    withoutStore(ledger, {
      kind: 'SIGSTOP',
      seconds: 6,
      async harm() {
        // First the one that would take new connections.
        send(await main(), 'SIGSTOP');
        frozen = await withChildren(await main());
        for (const pid of frozen) send(pid, 'SIGSTOP');
      },
      async heal() {
        for (const pid of frozen) send(pid, 'SIGCONT');
      },
    }),
    ...(ownDisk ? [fullDisk(disk)] : []),
  ];
  return befalls(
    'postgres',
    all.map((harm) => healedWhen(ready, harm)),
  );
}

/** What it needs to become well is not taken from the time that the platform has for it. */
const healedWhen = (ready: () => Promise<unknown>, harm: Harm): Harm => ({
  ...harm,
  async heal() {
    await harm.heal();
    await ready();
  },
});

/** Waits until a server answers again, each time for no longer than it may take. */
export const untilAnswered = (asking: () => Promise<unknown>) => until(() => asking().then(() => true), READY_WITHIN_MS);

async function ask(url: string) {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: ANSWERS_WITHIN_MS, query_timeout: ANSWERS_WITHIN_MS });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('SELECT 1');
  } finally {
    void client.end().catch(() => {});
  }
}

function fullDisk(disk: string): Harm {
  const filling = join(disk, 'filling');
  return {
    kind: 'disk full',
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

/** A file system for PostgreSQL alone, where this process may mount one. */
export function mountDisk(path: string, stack: AsyncDisposableStack): boolean {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1500m,mode=0700', 'tmpfs', path], { stdio: 'ignore' });
  } catch {
    return false;
  }
  stack.defer(() => void execFileSync('umount', ['-l', path], { stdio: 'ignore' }));
  return true;
}

function ofRabbit({ cluster: { broker } }: Ground): Fault[] {
  const start = () => broker.start();
  return befalls('rabbitmq', [
    { kind: 'kill -9', seconds: 1, harm: () => broker.kill(), heal: start },
    { kind: 'stop', seconds: 1, harm: () => broker.stop(), heal: start },
    { kind: 'SIGSTOP', seconds: 6, harm: async () => broker.pause(), heal: async () => broker.goOn() },
    {
      kind: 'alarm of memory',
      seconds: 5,
      harm: async () => void (await broker.control('set_vm_memory_high_watermark', 'absolute', '1')),
      heal: async () => void (await broker.control('set_vm_memory_high_watermark', '0.4')),
    },
    {
      kind: 'alarm of disk',
      seconds: 5,
      harm: async () => void (await broker.control('set_disk_free_limit', 'mem_relative', '1000')),
      heal: async () => void (await broker.control('set_disk_free_limit', '50MB')),
    },
  ]);
}

function ofRedis({ cluster: { cache } }: Ground): Fault[] {
  const start = () => cache.start();
  return befalls('redis', [
    { kind: 'kill -9', seconds: 3, harm: () => cache.kill(), heal: start },
    { kind: 'stop', seconds: 1, harm: () => cache.stop(), heal: start },
    { kind: 'SIGSTOP', seconds: 5, harm: async () => cache.pause(), heal: async () => cache.goOn() },
  ]);
}

function ofNginx({ cluster: { edge } }: Ground): Fault[] {
  // Whatever it answers, it takes connections.
  const ready = () => untilAnswered(() => fetch(edge.url, { signal: AbortSignal.timeout(ANSWERS_WITHIN_MS) }));
  const all: Harm[] = [
    { kind: 'kill -9', seconds: 1, harm: () => edge.kill(), heal: () => edge.start() },
    { kind: 'SIGSTOP', seconds: 5, harm: async () => edge.pause(), heal: async () => edge.goOn() },
    // Its old workers close the sockets that they have half a minute later, whatever happens then.
    { kind: 'reload', seconds: 1, harm: async () => edge.reload(), heal: async () => {} },
  ];
  return befalls(
    'nginx',
    all.map((harm) => healedWhen(ready, harm)),
  );
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
