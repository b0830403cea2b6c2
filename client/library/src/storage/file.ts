import { appendFile, mkdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Message } from '@parley/common/contracts';
import type { Entry } from '../outbox.ts';
import type { Ranges } from '../ranges.ts';
import type { DeviceStore, HeldHeader } from './device-store.ts';
import { createMemoryStore } from './memory.ts';

type Line = { [K in keyof DeviceStore]?: Parameters<DeviceStore[K]> };

/** Lines after which the file is written anew with only what still stands. */
const COMPACT_AFTER = 20_000;

/** A file of one line a change, for bots and for tests that end the process: each call is one line, whole or not there. */
export async function openFileStore(path: string): Promise<DeviceStore> {
  const memory = createMemoryStore();
  await mkdir(dirname(path), { recursive: true });
  let lines = 0;
  const kept = await readFile(path, 'utf8').catch(() => '');
  // The last line may have been cut off by the end of the process: then it never was, and nothing may be glued to it.
  const whole = kept.slice(0, kept.lastIndexOf('\n') + 1);
  if (whole.length < kept.length) await truncate(path, Buffer.byteLength(whole));
  for (const line of whole.split('\n')) {
    const parsed = parse(line);
    if (!parsed) continue;
    lines += 1;
    for (const [name, args] of Object.entries(parsed)) await replay(memory, name as keyof DeviceStore, args);
  }

  let writing = Promise.resolve();
  const record = <T>(line: Line, apply: () => Promise<T>): Promise<T> => {
    const written = writing.then(async () => {
      await appendFile(path, `${JSON.stringify(line, sets)}\n`, { flush: true });
      const answer = await apply();
      lines += 1;
      if (lines > COMPACT_AFTER) await compact();
      return answer;
    });
    writing = written.then(
      () => {},
      () => {},
    );
    return written;
  };

  const compact = async () => {
    const { entries, held, list } = await memory.load();
    const all: Line[] = [{ keep: [entries] }, { saveList: [list] }];
    for (const header of held) {
      const stretches = await Promise.all(
        header.ranges.map(([first, last]) => memory.loadStretch(header.conversationId, { after: first - 1 }, last - first + 1)),
      );
      all.push({ replaceHeld: [header, stretches.flatMap((stretch) => stretch?.messages ?? []), header.ranges] });
    }
    await writeFile(`${path}.new`, all.map((line) => `${JSON.stringify(line, sets)}\n`).join(''), { flush: true });
    await rename(`${path}.new`, path);
    lines = all.length;
  };

  return {
    load: memory.load,
    loadStretch: memory.loadStretch,
    find: memory.find,
    used: memory.used,
    entriesAfter: memory.entriesAfter,
    keep: (entries: readonly Entry[]) => record({ keep: [entries] }, () => memory.keep(entries)),
    drop: (clientIds: readonly string[]) => record({ drop: [clientIds] }, () => memory.drop(clientIds)),
    saveHeld: (header: HeldHeader, changed: readonly Message[], covered: Ranges) =>
      record({ saveHeld: [header, changed, covered] }, () => memory.saveHeld(header, changed, covered)),
    replaceHeld: (header: HeldHeader, messages: readonly Message[], covered: Ranges) =>
      record({ replaceHeld: [header, messages, covered] }, () => memory.replaceHeld(header, messages, covered)),
    saveList: (conversations) => record({ saveList: [conversations] }, () => memory.saveList(conversations)),
    async erase(options) {
      await writing;
      await memory.erase(options);
      await (options?.keepUnsent ? compact() : rm(path, { force: true }));
    },
  };
}

function parse(line: string): Line | undefined {
  try {
    return line === '' ? undefined : (JSON.parse(line, reviveSets) as Line);
  } catch {
    return undefined;
  }
}

async function replay(memory: DeviceStore, name: keyof DeviceStore, args: unknown) {
  await (memory[name] as (...given: unknown[]) => Promise<unknown>)(...(args as unknown[]));
}

const sets = (_key: string, value: unknown) => (value instanceof Set ? { set: [...value] } : value);
const reviveSets = (key: string, value: unknown) => (key === 'hidden' && isSet(value) ? new Set(value.set) : value);
const isSet = (value: unknown): value is { set: number[] } => typeof value === 'object' && value !== null && 'set' in value;
