import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openDatabase } from '@parley/common/database';
import { createLog } from '@parley/common/server';
import { freePort, startTcpProxy } from '@parley/common/testing';
import { raised } from '../bench/raised.ts';
import { serviceNames, startCluster } from '../platform/src/cluster/cluster.ts';
import { databaseOf } from '../platform/src/worlds.ts';
import { keepCalm } from './calm.ts';
import { createCrowd } from './crowd.ts';
import { createDecisions } from './decisions.ts';
import { faultsOf, harmsNobody, named, settableClock } from './faults.ts';
import { nameOf, type Report, reportOf } from './findings.ts';
import { gather } from './gathering.ts';
import { judge } from './judge.ts';
import { createLedger } from './ledger.ts';
import { startArriving } from './newcomers.ts';
import { fallSilent } from './quiet.ts';
import { createRandom } from './random.ts';
import { type Broken, carryOut, plan } from './schedule.ts';
import { mountDisk } from './servers.ts';
import { startPrying } from './stranger.ts';
import { startTalking } from './talk.ts';
import { createWitness } from './truth.ts';
import { startWandering } from './wandering.ts';
import { createWires } from './wires.ts';

export interface RunOptions {
  readonly seed: number;
  readonly short: boolean;
  /** By kind and target; when absent, as many as there are. */
  readonly faults: readonly string[] | undefined;
  /** After the last fault everything has to be well again within this time, with no hand laid on it; in milliseconds. */
  readonly patience: number;
  readonly pairs: number;
  /** Actions per second. */
  readonly rate: number;
  readonly instances: number;
  /** Everything that the run writes is in it. */
  readonly folder: string;
  /** Aborted, it ends early and takes everything down that it started. */
  readonly signal: AbortSignal;
  readonly tell: (what: string) => void;
  /** What the run has found, once: in the end, or as soon as it is cut short. What it started is taken down after that. */
  readonly found: (report: Report) => void;
}

const LOOK_MS = 250;
const WANDERERS = 3;
/** However little breaks, people talk for so long. */
const LEAST_SECONDS = 25;

/** One run: people talk while things break, and afterwards everything is held against everything. */
export async function runChaos({
  seed,
  short,
  faults,
  patience,
  pairs,
  rate,
  instances,
  folder,
  signal,
  tell,
  found,
}: RunOptions): Promise<void> {
  const { seconds, until } = waiting(signal);
  const random = createRandom(seed);
  // The talk takes as many choices as the machine lets it: they must not change the schedule.
  const choices = createRandom(seed + 1);
  const leftOut: string[] = [];
  await using stack = new AsyncDisposableStack();
  const wires = stack.use(createWires());
  const ledger = createLedger({
    onTick({ clientId, ticked }) {
      if (ticked) witness.saw({ clientId, ...ticked });
    },
  });

  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const doors = await Promise.all([1, 2, 3].map((number) => wires.lay(`devices-${number}`, 'nginx', port)));
  const disk = join(folder, 'disk');
  const ownDisk = mountDisk(disk, stack);
  if (!ownDisk) leftOut.push('disk full (a file system of its own can not be mounted here)');
  let begun = Date.now();
  const mayEnd = new Set<string>();
  const clockOf = (instance: string) => join(folder, `${instance}.clock`);
  const cluster = stack.use(
    await startCluster({
      folder,
      disk,
      port,
      instances,
      between: wires.between,
      environment: raised,
      signal,
      onEndedBadly(name, how) {
        // One whose clock is wrong leaves; whatever else ends it is not what was wanted.
        if (mayEnd.has(name) && how === 'exit 0') return;
        const at = ((Date.now() - begun) / 1000).toFixed(1);
        // At once: who waits until it is ready gives the run up a moment later.
        const violation = ledger.violate('ended badly', `${name} ended (${how}) ${at} s after the talk began`);
        void lastWords(join(folder, 'logs', `${name}.log`)).then((words) => violation?.history.push(`it said: ${words}`));
      },
      environmentOfInstance: (name) => settableClock(clockOf(name)),
      tell,
    }),
  );
  const database = openDatabase({ url: cluster.postgres.url(databaseOf('messages')), name: 'checker', log: createLog('chaos', 'silent') });
  stack.defer(() => database.end());

  const witness = createWitness(database, ({ clientId, seq }) =>
    ledger.violate('ticked, not stored', `${clientId} was ticked at seq ${seq} before it was stored there`, [clientId]),
  );
  const failures = new Map<string, number>();
  const onFailure = (_device: string, error: unknown) => {
    const what = error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 80) : String(error);
    failures.set(what, (failures.get(what) ?? 0) + 1);
  };
  const decisions = createDecisions(ledger);
  const crowd = stack.use(
    createCrowd({ ledger, decisions, origin, onFailure, door: () => `http://127.0.0.1:${choices.pick(doors).port}` }),
  );
  const ways = await Promise.all(Array.from({ length: WANDERERS }, () => startTcpProxy({ port })));
  for (const way of ways) stack.use(way);
  const { stranger, away, wanderers } = await gather(crowd, pairs, ways);

  tell(`seed ${seed}: ${crowd.people.length} people with ${crowd.devices().length} devices talk, ${rate} actions a second`);
  begun = Date.now();
  const talk = startTalking({ crowd, ledger, decisions, random: choices, rate, onFailure });
  const prying = startPrying({ stranger, crowd, ledger, random: choices, onFailure });
  const newcomers = startArriving({ crowd, ledger, random: choices, onFailure });
  const wandering = startWandering(wanderers, choices);
  for (const one of [prying, newcomers, wandering]) stack.defer(() => one.stop());
  const broken: Broken[] = [];
  const operations = () => ({ ...talk.counts, pry: prying.done(), arrive: newcomers.arrived() });
  const vanishing = new Set(wanderers.map(({ device }) => device.name));
  const soFar = () => reportOf({ seed, begun, broken, leftOut, operations: operations(), ledger, vanishing, failures });
  let over = false;
  const cutShort = () => {
    if (!over) found({ ...soFar(), cutShort: true });
    over = true;
  };
  // What was seen is said before anything is taken down, which takes longer than whoever stops it may wait.
  stack.defer(cutShort);
  signal.addEventListener('abort', cutShort, { once: true });
  let silent: ReadonlySet<string> = new Set();
  const hush = () => {
    silent = fallSilent(
      crowd.people.flatMap(({ conversations }) => [...conversations.keys()]),
      choices,
    );
    talk.hush(silent);
  };
  const calm = async () => {
    if (silent.size === 0) hush();
    wandering.hold(true);
    const devices = () => crowd.devices().filter((device) => device !== away);
    const { goneSince } = wandering;
    await Promise.all([keepCalm({ ledger, devices, silent, goneSince, until }), newcomers.arriveInCalm(until)]);
    silent = new Set();
    talk.hush(silent);
    wandering.hold(false);
  };
  await seconds(2);
  // Who blocked whom is asked where somebody types, which nobody may have done by now.
  for (const { parley, person } of crowd.devices()) for (const { me } of person.peers) parley?.typing(me.userId, true);
  await seconds(0.5);
  await away.stop();
  const all = faultsOf({ cluster, ledger, tell, disk, wires, random, ownDisk, clockOf, mayEnd });
  const idle = wires.idle();
  const rounds = plan(faults ? faults.map((name) => named(all, name)) : all, random, short, harmsNobody(idle));
  if (idle.length > 0) leftOut.push(`wires over which nobody had said anything when the faults began: ${idle.join(', ')}`);
  const begins = (fault: Broken) => {
    broken.push(fault);
    tell(`${((fault.from - begun) / 1000).toFixed(1).padStart(7)} s  ${nameOf(fault)}`);
  };
  await carryOut({ rounds, seconds, begins, hush, calm });
  await seconds(Math.max(0, LEAST_SECONDS - (Date.now() - begun) / 1000));
  await calm();
  prying.stop();
  wandering.stop();
  await newcomers.stop();
  await talk.stop();
  await away.start();

  tell('everything is healed; waiting until all is answered and every device holds the same');
  await until(patience, async () =>
    crowd.devices().every(({ parley }) => parley?.outbox.entries().every(({ state }) => state === 'refused')),
  );
  await witness.over();
  await judge({ crowd, ledger, decisions, database, random, until, patience, onFailure });
  // That they end well is held against them too.
  await crowd[Symbol.asyncDispose]();
  await Promise.all(serviceNames.flatMap((service) => cluster.of(service).map((instance) => instance.stop())));
  over = true;
  found(soFar());
}

/** What a process wrote last into its log, which has all of it a moment after its end. */
async function lastWords(log: string): Promise<string> {
  await wait(LOOK_MS);
  const text = await readFile(log, 'utf8').catch(() => '');
  return text.trim().split('\n').at(-1) || 'nothing';
}

function waiting(signal: AbortSignal) {
  const seconds = (count: number) => wait(count * 1000, undefined, { signal });
  return {
    seconds,
    /** Waits until it is so, or the time is over; what is not so then is for the judges to say. */
    async until(milliseconds: number, isSo: () => Promise<boolean>) {
      for (const end = Date.now() + milliseconds; Date.now() < end; await seconds(LOOK_MS / 1000)) if (await isSo()) return;
    },
  };
}
