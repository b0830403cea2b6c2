import { startTcpProxy, type TcpProxy } from '@parley/common/testing';
import type { Between } from '../platform/src/cluster/cluster.ts';

export interface Wire {
  /** Which process speaks to which: `messages-1 to rabbitmq`. */
  readonly name: string;
  /** Without the numbers: all instances of the one to all of the other. */
  readonly pair: string;
  readonly proxy: TcpProxy;
}

/** Everything that two processes of the cluster say to each other passes a wire of their own, which can be harmed. */
export function createWires() {
  const wires: Wire[] = [];
  const lay = async (from: string, to: string, port: number) => {
    const proxy = await startTcpProxy({ port });
    wires.push({ name: `${from} to ${to}`, pair: `${partOf(from)} to ${partOf(to)}`, proxy });
    return proxy;
  };
  const between: Between = async (from, to, port) => (await lay(from, to, port)).port;
  const isUsed = ({ proxy }: Wire) => proxy.taken > 0;
  const pairs = () => Map.groupBy(wires, ({ pair }) => pair);
  return {
    lay,
    between,
    of: (pair: string): Wire[] => wires.filter((wire) => wire.pair === pair),
    /** Pairs over which anything was ever said. */
    used: (): string[] => [...pairs()].flatMap(([pair, laid]) => (laid.some(isUsed) ? [pair] : [])).sort(),
    idle: (): string[] => [...pairs()].flatMap(([pair, laid]) => (laid.some(isUsed) ? [] : [pair])).sort(),
    async [Symbol.asyncDispose]() {
      await Promise.all(wires.map(({ proxy }) => proxy[Symbol.asyncDispose]()));
    },
  };
}

const partOf = (name: string) => name.replace(/-\d+$/, '');

export type Wires = ReturnType<typeof createWires>;
