import { startTcpProxy, type TcpProxy } from '@parley/common/testing';
import type { Between } from '../platform/src/cluster/cluster.ts';

/** Everything that two parts of the cluster say to each other passes a wire that can be harmed. */
export function createWires() {
  const wires: { pair: string; proxy: TcpProxy }[] = [];
  const lay = async (pair: string, port: number) => {
    const proxy = await startTcpProxy({ port });
    wires.push({ pair, proxy });
    return proxy;
  };
  const between: Between = async (from, to, port) => (await lay(`${from} to ${to}`, port)).port;
  return {
    lay,
    between,
    of: (pair: string): TcpProxy[] => wires.filter((wire) => wire.pair === pair).map(({ proxy }) => proxy),
    /** Pairs over which anything was ever said. */
    used: (): string[] => [...new Set(wires.filter(({ proxy }) => proxy.taken > 0).map(({ pair }) => pair))].sort(),
    async [Symbol.asyncDispose]() {
      await Promise.all(wires.map(({ proxy }) => proxy[Symbol.asyncDispose]()));
    },
  };
}

export type Wires = ReturnType<typeof createWires>;
