import { writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { Service } from '@parley/common/contracts';
import type { TcpProxy } from '@parley/common/testing';
import { type Cluster, serviceNames } from '../platform/src/cluster/cluster.ts';
import type { Instance } from '../platform/src/cluster/instance.ts';
import type { Ledger } from './ledger.ts';
import type { Random } from './random.ts';
import { ofServers } from './servers.ts';
import { pairOf, type Wire, type Wires } from './wires.ts';
import { withoutStore } from './without-store.ts';

/** Something bad that begins and ends. */
export interface Fault {
  readonly kind: string;
  readonly target: string;
  /** How long it lasts unless the schedule says otherwise, in seconds. */
  readonly seconds: number;
  /** In less than so many seconds it is over before anybody notices. */
  readonly least?: number;
  /** The processes and the wires that it takes away. */
  readonly harms: readonly string[];
  /** Those that have to be whole while it begins, lasts and ends. */
  readonly needs: readonly string[];
  harm(): Promise<void>;
  heal(): Promise<void>;
}

export interface Ground {
  readonly cluster: Pick<Cluster, 'of' | 'postgres' | 'broker' | 'cache' | 'edge'>;
  readonly ledger: Pick<Ledger, 'violate' | 'canNotStore' | 'canStore'>;
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
  readonly tell: (what: string) => void;
}

const WRONG_CLOCK = new URL('../common/src/testing/wrong-clock.ts', import.meta.url);
const SLOW_MS = 150;
const CLOCK_OFF_MS = 300_000;
/** A process reads its clock this late, at the most, and asks others what time it is. */
const FINDS_OUT_MS = 2_000;
/**
 * Of one alone that hears nothing: RabbitMQ gives its shards to a sibling after two or three heartbeats of 10 s, it gives up a query
 * after 15 s, and its lease in Redis is over after 9 s, while it goes on as if all was well.
 */
const FORGOTTEN: Readonly<Record<string, Pick<Fault, 'seconds' | 'least'>>> = {
  rabbitmq: { seconds: 36, least: 30 },
  postgres: { seconds: 20, least: 18 },
  redis: { seconds: 14 },
};
/** Of one that stores, and hears nothing or is frozen, a sibling has to have taken over. */
const REPLACED = { seconds: 45, least: 36 };
const BLACK_SECONDS = 5;

/**
 * Every kind on every target, also on wires that nobody uses: who has spoken by now is no matter of the seed. Which instance
 * of a service it is the seed decides, here and not later.
 */
export const faultsOf = (ground: Ground): Fault[] => [
  ...serviceNames.flatMap((service) => ofService(ground, service)),
  ...ofServers(ground),
  ...ground.wires.pairs().flatMap((pair) => ofPair(ground, pair)),
];

/** What would harm wires over which nobody says anything. */
export function harmsNobody(idle: readonly string[]): (fault: Fault) => boolean {
  const pairs = new Set(idle);
  return ({ harms }) => harms.every((name) => pairs.has(pairOf(name)));
}

/** By its name, or by that of the service where it is one of its processes: `kill -9: messages` is `kill -9: messages-2` of some seeds. */
export function named(all: readonly Fault[], name: string): Fault {
  const found =
    all.find(({ kind, target }) => `${kind}: ${target}` === name) ?? all.find(({ kind, target }) => `${kind}: ${pairOf(target)}` === name);
  if (!found)
    throw new Error(`there is no fault "${name}"; these are there:\n${all.map(({ kind, target }) => `  ${kind}: ${target}`).join('\n')}`);
  return found;
}

function ofService(ground: Ground, service: Service): Fault[] {
  const { cluster, ledger, random, clockOf, mayEnd } = ground;
  const one = () => random.pick(cluster.of(service));
  return [
    ...[one()].map((it) => ({ kind: 'kill -9', seconds: 1, ...startedAgain(it, ledger), harm: () => it.kill() })),
    ...[one()].map((it) => ({ kind: 'stop', seconds: 0.5, ...startedAgain(it, ledger), harm: () => it.stop() })),
    ...(service === 'messages'
      ? [frozenKeeper(ground, 'SIGSTOP', { seconds: 8 }), frozenKeeper(ground, 'SIGSTOP until it is forgotten', REPLACED)]
      : [one()].map((it) => ({
          ...{ kind: 'SIGSTOP', target: it.name, seconds: 8, harms: [it.name], needs: [] },
          harm: async () => it.signal('SIGSTOP'),
          heal: async () => it.signal('SIGCONT'),
        }))),
    ...[CLOCK_OFF_MS, -CLOCK_OFF_MS].map((offMs) => wrongClock(one(), { ledger, clockOf, mayEnd }, offMs)),
  ];
}

/** Of `messages` the one that stores: the other only waits for its turn, and nobody would miss it. */
function frozenKeeper({ cluster, wires, tell }: Ground, kind: string, lasting: Pick<Fault, 'seconds' | 'least'>): Fault {
  const all = cluster.of('messages');
  let frozen: Instance | undefined;
  return {
    ...{ kind, target: 'messages', ...lasting, harms: all.map(({ name }) => name), needs: [] },
    async harm() {
      const wire = await wires.busiest('messages to rabbitmq');
      frozen = all.find(({ name }) => wire?.name.startsWith(`${name} `)) ?? all[0];
      tell(`           it is ${frozen?.name}`);
      frozen?.signal('SIGSTOP');
    },
    heal: async () => frozen?.signal('SIGCONT'),
  };
}

/** [D7] It comes back by itself. One that loses its database while it migrates ends; Kubernetes would start it once more, and here nobody does. */
const startedAgain = (it: Instance, ledger: Ground['ledger']) => ({
  target: it.name,
  harms: [it.name],
  needs: ['postgres', `${it.name} to postgres`],
  async heal() {
    await it.start();
    await it.ready().catch((error: unknown) => {
      ledger.violate('never answered', `${it.name} did not become ready again`);
      throw error;
    });
  },
});

/** It leaves, as one that is told to, and does not come back before its clock is right. */
function wrongClock(it: Instance, { ledger, clockOf, mayEnd }: Pick<Ground, 'ledger' | 'clockOf' | 'mayEnd'>, offMs: number): Fault {
  const setClock = (off: number) => writeFile(clockOf(it.name), String(off));
  const again = startedAgain(it, ledger);
  return {
    ...again,
    kind: offMs > 0 ? 'clock minutes ahead' : 'clock minutes behind',
    seconds: 12,
    async harm() {
      mayEnd.add(it.name);
      await setClock(offMs);
    },
    async heal() {
      await setClock(0);
      // One that has just found out is still about to leave.
      await wait(FINDS_OUT_MS);
      await it.ready().catch(again.heal);
      mayEnd.delete(it.name);
    },
  };
}

/** The clock that tells the time is set by a file; the one that measures durations is left alone. */
export function settableClock(file: string) {
  writeFileSync(file, '0');
  return { WRONG_CLOCK: file, NODE_OPTIONS: `--max-semi-space-size=16 --import ${WRONG_CLOCK}` };
}

/** All instances of a service lose the other side together, or one alone does while its siblings go on. */
function ofPair({ wires, random, ledger, tell }: Ground, pair: string): Fault[] {
  const laid = wires.of(pair);
  const all = { target: pair, laid };
  const alone = () => {
    const one = random.pick(laid);
    return { target: one.name, laid: [one] };
  };
  const [, far = ''] = pair.split(' to ');
  const blackForOne = ofWires('black hole for one', BLACK_SECONDS, alone(), (wire) => wire.stall());
  const ofAll = (fault: Fault) => (pair === 'messages to postgres' && fault.target === pair ? withoutStore(ledger, fault) : fault);
  return [
    ofAll(ofWires('cut', 3, random.chance(0.5) ? all : alone(), (wire) => wire.cut())),
    ofAll(ofWires('black hole', BLACK_SECONDS, all, (wire) => wire.stall())),
    pair === 'messages to rabbitmq' ? blackForKeeper({ wires, tell }, pair) : { ...blackForOne, ...FORGOTTEN[far] },
    ofWires('slow', 4, random.chance(0.5) ? all : alone(), (wire) => wire.slow(SLOW_MS)),
  ];
}

function ofWires(
  kind: string,
  seconds: number,
  { target, laid }: { target: string; laid: readonly Wire[] },
  harm: (wire: TcpProxy) => void,
): Fault {
  const each = (work: (wire: TcpProxy) => void) => async () => {
    for (const { proxy } of laid) work(proxy);
  };
  return { kind, target, seconds, harms: laid.map(({ name }) => name), needs: [], harm: each(harm), heal: each((wire) => wire.mend()) };
}

function blackForKeeper({ wires, tell }: Pick<Ground, 'wires' | 'tell'>, pair: string): Fault {
  let black: Wire | undefined;
  return {
    ...{ kind: 'black hole for one', target: pair, ...REPLACED, harms: wires.of(pair).map(({ name }) => name), needs: [] },
    async harm() {
      black = await wires.busiest(pair);
      tell(`           it is ${black?.name}`);
      black?.proxy.stall();
    },
    heal: async () => black?.proxy.mend(),
  };
}
