import { setTimeout as wait } from 'node:timers/promises';
import { startTcpProxy, type TcpProxy } from '@parley/common/testing';
import type { Between } from '../platform/src/cluster/cluster.ts';

export interface Wire {
  /** Which process speaks to which: `messages-1 to rabbitmq`. */
  readonly name: string;
  /** Without the numbers: all instances of the one to all of the other. */
  readonly pair: string;
  readonly proxy: TcpProxy;
}

const LISTENS_MS = 500;

/** Everything that two processes of the cluster say to each other passes a wire of their own, which can be harmed. */
export function createWires() {
  const wires: Wire[] = [];
  const lay = async (from: string, to: string, port: number) => {
    const proxy = await startTcpProxy({ port });
    wires.push({ name: `${from} to ${to}`, pair: pairOf(`${from} to ${to}`), proxy });
    return proxy;
  };
  const between: Between = async (from, to, port) => (await lay(from, to, port)).port;
  // They are laid as ports are found: what is drawn from them may not depend on that.
  const inOrder = () => wires.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const pairs = () => Map.groupBy(inOrder(), ({ pair }) => pair);
  /** Pairs over which nothing was ever said. */
  const idle = () => [...pairs()].flatMap(([pair, laid]) => (laid.some(({ proxy }) => proxy.taken > 0) ? [] : [pair])).toSorted();
  return {
    lay,
    between,
    of: (pair: string): Wire[] => inOrder().filter((wire) => wire.pair === pair),
    /** The one of a pair over which most is said just now. */
    async busiest(pair: string): Promise<Wire | undefined> {
      const before = inOrder().flatMap((wire) => (wire.pair === pair ? [{ wire, carried: wire.proxy.carried }] : []));
      await wait(LISTENS_MS);
      const said = before.map(({ wire, carried }) => ({ wire, carried: wire.proxy.carried - carried }));
      return said.toSorted((one, other) => other.carried - one.carried)[0]?.wire;
    },
    pairs: (): string[] => [...pairs().keys()].toSorted(),
    idle,
    async [Symbol.asyncDispose]() {
      await Promise.all(wires.map(({ proxy }) => proxy[Symbol.asyncDispose]()));
    },
  };
}

export const pairOf = (wire: string) => wire.replaceAll(/-\d+\b/g, '');

export type Wires = ReturnType<typeof createWires>;
