import type { ChatUp, ErrorCode } from '@parley/common/contracts';
import { errors } from '@parley/common/contracts/errors';
import type { Clock } from './clock.ts';

/** What a person did that the store has not answered yet. */
export type Command = Extract<ChatUp, { clientId: string }>;

export type EntryState =
  /** Being saved on this device. */
  | 'saving'
  /** Safe on this device; it goes out as soon as there is a connection. */
  | 'waiting'
  /** Given to a socket; not answered. */
  | 'sent'
  /** Refused for good; kept until the person has seen it. */
  | 'refused';

export interface Entry {
  readonly command: Command;
  readonly writtenAt: number;
  readonly state: EntryState;
  readonly code?: ErrorCode;
  /** Its place among all that was written on this device, in whichever tab; the store gives it. */
  readonly order?: number;
}

/** Where entries are kept; resolves when they would survive the end of the process. */
export interface OutboxStore {
  /** Answers with the entries as they are kept: what is new has its place then. */
  keep(entries: readonly Entry[]): Promise<readonly Entry[]>;
  /** Those that were written after a place, in order. */
  entriesAfter(order: number): Promise<readonly Entry[]>;
  drop(clientIds: readonly string[]): Promise<void>;
}

/** The first repeat of what is unanswered, and the longest pause between repeats. */
export const REPEAT_FIRST_MS = 10_000;
export const REPEAT_LAST_MS = 60_000;
/** The least pause after a refusal. */
const RETRY_MS = 1_000;
/** Commands that are on their way at once. Where the pod says that it is too much it is half as many, and slowly more again. */
const ON_THE_WAY = { most: 200, least: 10 };
/** What could not be saved stands behind what is, and before what is saved next: places that the store gives are whole. */
const UNSAVED = 1 / 1024;

export interface OutboxOptions {
  readonly store: OutboxStore;
  readonly clock: Clock;
  readonly random: () => number;
  /** Entries of an earlier run, in order. */
  readonly entries?: readonly Entry[];
  readonly onChange?: (clientIds: readonly string[]) => void;
  /** Written here and safe: the tab that sends has to know, when it is another one. */
  readonly onWritten?: (entries: readonly Entry[]) => void;
  /** The device could not save; what was written is sent all the same, but would not survive a reload. */
  readonly onStoreFailure?: (error: unknown) => void;
}

/**
 * Sends in the order of writing and keeps everything until the store has answered: [D1] [D2] [D3]. A new connection
 * first repeats what is unanswered; so do time and a refusal that may be retried. Repeating is harmless: the clientId
 * makes the store answer the same. Of much that waits as much goes at once as the pod takes.
 */
export function createOutbox({
  store,
  clock,
  random,
  entries: earlier = [],
  onChange = () => {},
  onWritten = () => {},
  onStoreFailure = () => {},
}: OutboxOptions) {
  const entries = new Map<string, Entry>(earlier.map((entry) => [entry.command.clientId, entry]));
  /** Answered, and not yet gone from the store: reading the store may not bring them back. */
  const dropping = new Set<string>();
  /** Everything up to this place has come here. */
  let place = Math.max(0, ...earlier.map(({ order = 0 }) => order));
  /** One at a time, so that what is behind never leaves first. */
  let taking: Promise<void> = Promise.resolve();
  let transmit: ((frames: readonly Command[]) => void) | undefined;
  const unsaved: Entry[] = [];
  let saving: Promise<void> | undefined;
  let cancelTimer: (() => void) | undefined;
  let pause = REPEAT_FIRST_MS;
  /** While a refusal is being waited out nothing goes: what is behind may not overtake. */
  let holding = false;
  /** The refused one: this socket takes no other before it has come again, be it that it was answered meanwhile. */
  let awaited: Command | undefined;
  /** Answered while this socket is open, as many as may be on their way at once: one of them may yet be refused. */
  const answered = new Map<string, Command>();
  let onTheWay = ON_THE_WAY.most;

  // What is being saved has no place yet: it was written last.
  const inOrder = () => [...entries.values()].sort((one, other) => (one.order ?? Infinity) - (other.order ?? Infinity) || 0);
  const isUnanswered = ({ state }: Entry) => state === 'waiting' || state === 'sent';

  const put = (entry: Entry) => {
    entries.set(entry.command.clientId, entry);
    onChange([entry.command.clientId]);
  };

  const next = () => inOrder().filter(isUnanswered).slice(0, Math.floor(onTheWay));

  const send = (all: readonly Entry[], first?: Command) => {
    const commands = all.map(({ command }) => command);
    if (first) commands.unshift(first);
    if (commands.length === 0) return;
    transmit?.(commands.filter(({ clientId }, at) => at === 0 || clientId !== first?.clientId));
    for (const entry of all) if (entry.state !== 'sent') put({ ...entry, state: 'sent' });
    if (!cancelTimer) repeatAfter(pause);
  };

  const sendAll = () => {
    cancel();
    holding = false;
    if (!transmit) return;
    const all = next();
    // [D3] What there is no room for now goes later, in its turn: given to a socket before, it would be passed over by what is new.
    const turn = new Set(all);
    for (const entry of entries.values()) if (entry.state === 'sent' && !turn.has(entry)) put({ ...entry, state: 'waiting' });
    send(all, awaited);
    awaited = undefined;
  };

  /** What was written since, as far as there is room for it. */
  const sendMore = () => {
    if (transmit && !holding) send(next().filter(({ state }) => state === 'waiting'));
  };

  const cancel = () => {
    cancelTimer?.();
    cancelTimer = undefined;
  };

  const repeatAfter = (milliseconds: number) => {
    cancel();
    cancelTimer = clock.after(milliseconds, () => {
      pause = Math.min(pause * 2, REPEAT_LAST_MS);
      sendAll();
    });
  };

  const save = async () => {
    while (unsaved.length > 0) {
      const batch = unsaved.splice(0).map((entry): Entry => ({ ...entry, state: 'waiting' }));
      const kept = await store.keep(batch).catch((error): readonly Entry[] => {
        onStoreFailure(error);
        return batch.map((entry, at) => ({ order: place + UNSAVED * (at + 1), ...entry }));
      });
      await take(kept, ({ command }) => entries.has(command.clientId));
      onWritten(kept);
    }
    saving = undefined;
  };

  /** [D3] What this tab or another one has written. Whatever was written before it on this device goes before it. */
  const take = (written: readonly Entry[], stands: (entry: Entry) => boolean = () => true) => {
    taking = taking.then(async () => {
      // One that is tried again has the place of long ago.
      const first = Math.min(...written.flatMap(({ order = 0 }) => (order > place ? [order] : [])));
      const lacks = Number.isFinite(first) && first > place + 1;
      const earlier = lacks ? await store.entriesAfter(place).catch((): readonly Entry[] => []) : [];
      const known = new Set(written.map(({ command }) => command.clientId));
      const missed = earlier.filter(
        ({ command, order = 0 }) => order < first && !known.has(command.clientId) && !dropping.has(command.clientId),
      );
      const taken = [...missed, ...written.filter(stands)].filter(({ command }) => entries.get(command.clientId)?.state !== 'sent');
      for (const entry of taken) put(entry);
      place = Math.max(place, ...written.map(({ order = 0 }) => order));
      sendMore();
    });
    return taking;
  };

  const settle = (clientIds: readonly string[]) => {
    const settled = clientIds.flatMap((id) => entries.get(id) ?? []);
    const known = settled.map(({ command }) => command.clientId);
    for (const { command } of settled) answered.set(command.clientId, command);
    for (const id of known) entries.delete(id);
    for (const oldest of answered.keys()) if (answered.size > ON_THE_WAY.most) answered.delete(oldest);
    if (known.length === 0) return;
    pause = REPEAT_FIRST_MS;
    onTheWay = Math.min(ON_THE_WAY.most, onTheWay + known.length / onTheWay);
    if (!holding && ![...entries.values()].some(isUnanswered)) cancel();
    for (const id of known) dropping.add(id);
    void store
      .drop(known)
      .catch(onStoreFailure)
      .finally(() => known.forEach((id) => void dropping.delete(id)));
    onChange(known);
    sendMore();
  };

  return {
    /** Resolves when the entry is safe on this device; only then may it leave. */
    write(command: Command): Promise<void> {
      const entry: Entry = { command, writtenAt: clock.now(), state: 'saving' };
      put(entry);
      unsaved.push(entry);
      saving ??= save();
      return saving;
    },

    /** A connection is ready: everything unanswered goes out again, first and in order. */
    connected(send: (frames: readonly Command[]) => void) {
      transmit = send;
      pause = REPEAT_FIRST_MS;
      awaited = undefined;
      answered.clear();
      sendAll();
    },

    disconnected() {
      transmit = undefined;
      cancel();
    },

    /** The store has answered these commands. */
    settle,

    /** A final refusal ends the entry; another one holds everything until the time is over, then all goes again in order. */
    refused(clientId: string, code: ErrorCode, retryAfter?: number) {
      const entry = entries.get(clientId);
      const command = entry?.command ?? answered.get(clientId);
      if (!command) return;
      if (!errors[code].retryable) {
        if (!entry) return;
        const ended: Entry = { ...entry, state: 'refused', code };
        put(ended);
        void store.keep([ended]).catch(onStoreFailure);
        return sendMore();
      }
      // What the store has refused for good stays so, whatever becomes of its copies.
      if (entry && entry.state !== 'refused') put({ ...entry, state: 'waiting' });
      // The pod waits for no mark: the next one says more.
      if (code !== 'behind-refused' && command.type !== 'delivered' && command.type !== 'read') awaited = command;
      if (holding) return;
      holding = true;
      onTheWay = Math.max(ON_THE_WAY.least, onTheWay / 2);
      const least = Math.max(RETRY_MS, (retryAfter ?? 0) * 1000);
      cancel();
      cancelTimer = clock.after(least * (1 + random() * 0.5), sendAll);
    },

    /** Forgets a refused entry, or tries it again, in its old place. */
    dismiss: (clientId: string) => settle([clientId]),
    retry(clientId: string) {
      const entry = entries.get(clientId);
      if (entry?.state !== 'refused') return;
      const { code: _, ...again } = entry;
      put({ ...again, state: 'saving' });
      unsaved.push({ ...again, state: 'saving' });
      saving ??= save();
    },

    /** Another tab has written these. */
    take: (written: readonly Entry[]) => take(written),
    /** What there is now, in this tab's turn to send: all that the store has, in its order. */
    async adopt(kept: readonly Entry[]) {
      await take(kept.filter(({ command }) => !entries.has(command.clientId) && !dropping.has(command.clientId)));
      place = Math.max(place, ...kept.map(({ order = 0 }) => order));
    },
    /** What the tab that sends says of these; undefined: answered. */
    mirror(clientIds: readonly string[], told: readonly (Entry | undefined)[]) {
      for (const [index, clientId] of clientIds.entries()) {
        const entry = told[index];
        if (entry) entries.set(clientId, entry);
        else entries.delete(clientId);
      }
      onChange(clientIds);
    },

    entries: (): Entry[] => inOrder(),
    entry: (clientId: string) => entries.get(clientId),
    stop: cancel,
  };
}

export type Outbox = ReturnType<typeof createOutbox>;
