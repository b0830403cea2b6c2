import { readdirSync, readFileSync } from 'node:fs';
import { WebSocket } from 'ws';

/** What a process of Node holds, after its garbage was collected. */
export interface Held {
  readonly rssMiB: number;
  readonly heapMiB: number;
  /** Buffers and what else lies outside the heap. */
  readonly externalMiB: number;
  readonly descriptors: number;
  /** What keeps the event loop alive, by kind. */
  readonly resources: Readonly<Record<string, number>>;
  /** Milliseconds that a timer came late, at most, since the last look. */
  readonly lagMs: number;
}

const MiB = 1024 * 1024;
const watchLoop = `globalThis.loopDelay ??= (() => {
  const delay = process.getBuiltinModule('node:perf_hooks').monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  return delay;
})()`;
const look = `(() => {
  const resources = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  const lagMs = loopDelay.max / 1e6;
  loopDelay.reset();
  return { memory: process.memoryUsage(), resources, lagMs };
})()`;

interface Seen {
  readonly memory: NodeJS.MemoryUsage;
  readonly resources: Record<string, number>;
  readonly lagMs: number;
}

/** Looks into a process that was started with `--inspect=127.0.0.1:<port>`: Node's own door for developers, on loopback. */
export async function lookInside(pid: number, port: number) {
  const [target] = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as { webSocketDebuggerUrl: string }[];
  if (!target) throw new Error(`nothing to look into on port ${port}`);
  const socket = new WebSocket(target.webSocketDebuggerUrl);
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const waiting = new Map<number, (result: unknown) => void>();
  socket.on('message', (data) => {
    const { id, result } = JSON.parse(String(data)) as { id: number; result: unknown };
    waiting.get(id)?.(result);
    waiting.delete(id);
  });
  socket.on('close', () => {
    for (const resolve of waiting.values()) resolve(undefined);
  });
  let asked = 0;
  const ask = (method: string, params: object = {}) =>
    new Promise<unknown>((resolve) => {
      if (socket.readyState !== WebSocket.OPEN) return resolve(undefined);
      waiting.set(++asked, resolve);
      socket.send(JSON.stringify({ id: asked, method, params }));
    });
  const evaluate = async (expression: string) => {
    const answer = (await ask('Runtime.evaluate', { expression, returnByValue: true })) as { result: { value: unknown } } | undefined;
    return answer?.result.value;
  };
  await evaluate(watchLoop);

  return {
    /** Twice: what the first collection set free may be what held something else. */
    async look(): Promise<Held | undefined> {
      const before = (await evaluate(look)) as Seen | undefined;
      await ask('HeapProfiler.collectGarbage');
      await ask('HeapProfiler.collectGarbage');
      const seen = (await evaluate(look)) as Seen | undefined;
      if (!seen || !before) return undefined;
      return {
        rssMiB: residentMiB(pid),
        heapMiB: seen.memory.heapUsed / MiB,
        externalMiB: (seen.memory.external + seen.memory.arrayBuffers) / MiB,
        descriptors: readdirSync(`/proc/${pid}/fd`).length,
        resources: seen.resources,
        // The collection itself stops the loop; that is not the process's doing.
        lagMs: before.lagMs,
      };
    },
    [Symbol.dispose]: () => socket.terminate(),
  };
}

export type Inside = Awaited<ReturnType<typeof lookInside>>;

export const residentMiB = (pid: number) => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
