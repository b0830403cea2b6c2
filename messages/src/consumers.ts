import { Away, type Bus, type Heard, Poison } from '@parley/common/bus';
import { type CommandName, commandEvents } from '@parley/common/contracts';
import { asHearing } from '@parley/common/database';
import type { Clock } from '@parley/common/server';
import type { Announce } from './announce.ts';
import { type Command, type Gathering, gather, isConsistent, LARGEST } from './commands.ts';
import type { Erasing } from './erasing.ts';
import { inOneGo } from './in-one-go.ts';
import type { Measures } from './measures.ts';
import { type Outcome, outcomesOf } from './outcomes.ts';
import { putOff } from './putting-off.ts';
import { refusal } from './refusals.ts';
import type { Remind } from './reminding.ts';
import type { Store } from './store.ts';
import type { Strangers } from './strangers.ts';

/** More would only make one transaction long; what waits behind it is the next batch. */
const BATCH = 500;

export interface Applying {
  readonly store: Store;
  readonly strangers: Strangers;
  readonly announce: Announce;
  /** Told of conversations in which something was said or changed. */
  readonly touched: (conversationIds: readonly string[]) => void;
  /** Told of messages whose text is to be nowhere any more, before their deletion counts as handled. */
  readonly erase: Erasing['erase'];
  readonly remind: Remind;
  readonly measures: Measures;
  readonly clock: Clock;
}

/** What became of the commands of one transaction. */
interface News {
  readonly outcomes: readonly Outcome[];
  told: boolean;
}

/** What was stored while the bus took nothing, by the batch, which is tried again until it is told. */
const untold = new WeakMap<readonly Command[], News>();
/** What was given once and not come to an end with here: some of it may be stored. */
const begun = new WeakSet<Command>();

/** Stores what it is given and then tells what became of it. Safe to repeat: what is stored already is answered again. */
export const apply = (commands: readonly Command[], applying: Applying) => applyTogether([commands], applying);

/** The same for several batches, in one transaction. */
export async function applyTogether(batches: readonly (readonly Command[])[], applying: Applying): Promise<void> {
  const fresh = batches.filter((batch) => !untold.has(batch));
  if (fresh.length > 0) {
    const commands = fresh.flat();
    const outcomes = await storeAll(commands.map(knownAgain), applying).catch(beganWith(commands));
    const news = { outcomes, told: false };
    for (const batch of fresh) untold.set(batch, news);
  }
  for (const news of new Set(batches.map((batch) => untold.get(batch) as News))) {
    if (!news.told) await applying.announce(news.outcomes);
    news.told = true;
  }
}

const knownAgain = (command: Command): Command => (begun.has(command) ? { ...command, again: true } : command);

const beganWith = (commands: readonly Command[]) => (error: unknown) => {
  for (const command of commands) begun.add(command);
  throw error;
};

async function storeAll(commands: readonly Command[], applying: Applying): Promise<Outcome[]> {
  const { store, strangers, touched, erase, remind, measures, clock } = applying;
  const gathering = gather(commands);
  const done = measures.begin(commands.length);
  const stored = await store.store(gathering);
  done();
  touched(saidIn(gathering));
  await erase(deletedBy(gathering));
  const { judged, again } = await putOff(gathering, stored, store, strangers);
  const now = clock.now();
  const outcomes = [...outcomesOf(gathering, { ...stored, judged }, now), ...(await remind(gathering, stored, now))];
  const rest = [...again, ...gathering.rest];
  return rest.length > 0 ? [...outcomes, ...(await storeAll(rest, applying))] : outcomes;
}

const saidIn = ({ conversations, others }: Gathering): string[] => [
  ...conversations.filter(({ sent }) => sent.length > 0).map(({ conversationId }) => conversationId),
  ...others.map(({ data }) => data.conversationId),
];

/** Also what comes again: whoever deleted it first may have died before it was noted. */
const deletedBy = ({ others }: Gathering) =>
  others.flatMap(({ name, data }) =>
    name === 'message.deleted' && data.scope === 'everyone' ? [{ ...data, seq: Math.min(data.seq, LARGEST) }] : [],
  );

/** Everything that people do in conversations: one queue a shard, one batch of it at a time. */
export function hearCommands(bus: Bus, shards: number, applying: Applying) {
  const applySoon = inOneGo<Command>((batches) => applyTogether(batches, applying));
  return bus.hear({
    kind: 'shards',
    queue: 'messages',
    names: Object.keys(commandEvents) as CommandName[],
    shards,
    batch: BATCH,
    async handle(batch: readonly Heard<CommandName>[]) {
      if (!batch.every(isConsistent)) throw new Poison('a command names a conversation that is not of its people');
      await applySoon(batch).catch((error: unknown) => {
        throw asStoring(error);
      });
    },
    // The sender's device must not try for ever what can never be stored.
    onDead: ({ data }) => applying.announce([refusal(data, 'invalid-input')]),
  });
}

/**
 * Only content that PostgreSQL can't take makes a command bad. Whatever else it says (a deadlock, a table that a migration
 * holds, a fault of our own in its function) is no reason to give up what somebody wrote: the batch waits.
 */
function asStoring(error: unknown): unknown {
  const known = asHearing(error);
  if (known instanceof Away || known instanceof Poison) return known;
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? new Away(`the store refused with ${code}`, { cause: error }) : error;
}
