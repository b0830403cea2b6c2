import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { startRabbitServer, startRedisServer } from '@parley/common/testing';
import { createDatabases, startPostgres } from '../../platform/src/postgres/postgres.ts';
import { startStore } from '../systems/store.ts';
import type { Extent, Scenario } from './scenario.ts';

/** Runs one of the single measurements of this folder and takes what it prints. */
async function linesOf(script: string, parameters: readonly string[], env: NodeJS.ProcessEnv, { tell }: Extent): Promise<string[]> {
  const child = spawn(process.execPath, [resolve(import.meta.dirname, '..', script), ...parameters], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    tell(line);
    lines.push(line);
  }
  if (child.exitCode === null) await once(child, 'exit');
  if (child.exitCode !== 0) throw new Error(`${script} ended with ${child.exitCode}`);
  return lines;
}

/** The database is filled once, which takes minutes, and kept. */
export const history: Scenario = {
  name: 'history',
  title: 'history and search where ten million messages are',
  of: 'itself',
  async measure(extent) {
    const folder = join(extent.kept, extent.quick ? 'history-quick' : 'history');
    mkdirSync(folder, { recursive: true });
    await using postgres = await startPostgres({
      folder,
      password: 'kept',
      onPort: true,
      signal: new AbortController().signal,
      tell: extent.tell,
      settings: { max_wal_size: '8GB' },
    });
    await createDatabases(postgres, ['history']);
    const people = extent.quick ? '100' : '2000';
    const lines = await linesOf(
      'messages-pages.ts',
      ['--url', postgres.url('history'), '--people', people, '--messages', '200'],
      {},
      extent,
    );
    const figures = lines.flatMap((line) => {
      const [, name, p50, p99] = /^(.+?) +p50 ([\d.]+) ms, p99 ([\d.]+) ms$/.exec(line) ?? [];
      return name ? [{ name, p50: Number(p50), p99: Number(p99) }] : [];
    });
    return { filled: lines[0], reads: figures };
  },
};

export const pods: Scenario = {
  name: 'pods',
  title: 'messages that the broker carries, with 1, 2 and 4 pods of everything',
  of: 'itself',
  async measure(extent) {
    const folder = join(extent.kept, 'pods');
    await using store = await startStore(folder);
    await using broker = await startRabbitServer();
    await using cache = await startRedisServer();
    const env = { PARLEY_SETTING: 'servers', TEST_BROKER_URL: broker.url, TEST_CACHE_URL: cache.url, TEST_DATABASE_URL: store.url };
    const lines = await linesOf('broker-messages.ts', extent.quick ? ['1'] : [], env, extent);
    return {
      pods: lines.map((line) => {
        const [, count, messages] = /^(\d+) pods of each: ([\d.]+) /.exec(line) ?? [];
        return { pods: Number(count), brokerMessages: Number(messages) };
      }),
    };
  },
};
