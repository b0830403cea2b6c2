import type { Message, Page, Update } from '@parley/common/contracts';
import { conversationIdOf } from '@parley/common/contracts/conversation-id';
import { fetchLacking, PAGE } from './catch-up.ts';
import type { Clock } from './clock.ts';
import { applyPage, applyStretch, applyUpdate, emptyHeld, type Held, stretchOf } from './conversation.ts';
import type { Place, Ranges } from './ranges.ts';
import type { Requests } from './requests.ts';
import type { DeviceStore, HeldHeader, Stretch } from './storage/device-store.ts';

export interface ConversationsOptions {
  readonly userId: string;
  readonly request: Requests['request'];
  readonly store: DeviceStore;
  readonly clock: Clock;
  /** What is held has changed. */
  readonly onHeld: (held: Held) => void;
  /** It is saved on this device, by these rows among others; `update`: what was laid over the version before. */
  readonly onSaved: (saved: HeldHeader, rows: readonly Message[], update?: Update) => void;
  /** It could not be brought up to date now; the next sign of life tries again. */
  readonly onFailure: (error: unknown) => void;
}

interface Kept {
  /** What is in memory: a part of what the store has, whole where it is. */
  held: Held;
  /** What the store has. */
  saved: HeldHeader;
  /** The newest rows of an earlier run are in memory. */
  loaded: Promise<void> | undefined;
  /** The newest version anybody spoke of. */
  seen: number;
  catching: Promise<boolean> | undefined;
  /** One write after the other, so that an older state never lands on a newer one. */
  saving: Promise<void>;
  /** What the device could not save: the next header is not saved without it. */
  unsaved: { readonly rows: readonly Message[]; readonly covered: Ranges };
}

const nothingUnsaved: Kept['unsaved'] = { rows: [], covered: [] };

const keep = (held: Held, saved: HeldHeader, loaded: Kept['loaded']): Kept => ({
  held,
  saved,
  loaded,
  seen: held.version,
  catching: undefined,
  saving: Promise.resolve(),
  unsaved: nothingUnsaved,
});

const headerOf = ({ messages: _, ...header }: Held): HeldHeader => header;
/** A conversation of an earlier run, none of whose rows are in memory yet. */
const restored = (header: HeldHeader): Held => ({ ...header, messages: new Map(), ranges: [] });

/** All conversations that this device holds: takes updates and pages, finds gaps and fills them, saves before it tells. */
export function createConversations({ userId, request, store, clock, onHeld, onSaved, onFailure }: ConversationsOptions) {
  const kept = new Map<string, Kept>();

  const keptOf = (peerId: string): Kept => {
    const id = conversationIdOf(userId, peerId);
    const known = kept.get(id);
    if (known) return known;
    const empty = emptyHeld(id, peerId);
    const fresh = keep(empty, headerOf(empty), undefined);
    kept.set(id, fresh);
    return fresh;
  };

  const save = (
    entry: Kept,
    changed: readonly Message[],
    covered: Ranges,
    { replace = false, update }: { replace?: boolean; update?: Update } = {},
  ) => {
    const { held } = entry;
    entry.saving = entry.saving
      .then(async () => {
        const before = replace ? nothingUnsaved : entry.unsaved;
        entry.unsaved = { rows: [...before.rows, ...changed], covered: [...before.covered, ...covered] };
        const saving = replace ? store.replaceHeld : store.saveHeld;
        entry.saved = await saving(headerOf(held), entry.unsaved.rows, entry.unsaved.covered);
        const { rows } = entry.unsaved;
        entry.unsaved = nothingUnsaved;
        onHeld(held);
        onSaved(entry.saved, rows, update);
      })
      .catch((error) => {
        onFailure(error);
        // It is lost at the end of this page, but need not be hidden until then.
        onHeld(held);
      });
  };

  /** In its turn behind what is being saved, so that an older state is never told after a newer one. */
  const tell = (entry: Kept) => {
    const { held } = entry;
    entry.saving = entry.saving.then(() => onHeld(held));
  };

  const takePage = (entry: Kept, page: Page) => {
    const replace = entry.held.epoch !== page.epoch;
    // What was heard of while the page was on its way is lacking still; only another epoch counts anew.
    const anew = replace && entry.held.epoch !== null;
    entry.held = applyPage(entry.held, page).held;
    entry.seen = Math.max(anew ? 0 : entry.seen, page.version);
    const stretch = stretchOf(page);
    // A page that was long on its way brings rows that have changed since.
    const rows = page.messages.map((row) => entry.held.messages.get(row.seq) ?? row);
    save(entry, rows, stretch ? [stretch] : [], { replace });
  };

  const takeUpdate = (entry: Kept, update: Update, alreadySaved = false) => {
    const { reach } = entry.held;
    const { held, applied } = applyUpdate(entry.held, update);
    if (applied !== 'applied') return applied;
    entry.held = held;
    if (alreadySaved) tell(entry);
    else save(entry, update.messages, [[reach + 1, held.reach]], { update });
    return applied;
  };

  const takeStretch = (entry: Kept, { header, range, messages }: Stretch) => {
    // Where numbers count anew, or nothing is in memory, the store is right; else what is in memory goes on by updates.
    if (entry.held.epoch !== header.epoch || entry.held.messages.size === 0) entry.held = restored(header);
    entry.saved = header;
    if (range) entry.held = applyStretch(entry.held, messages, range);
    return range;
  };

  /** Rows that an earlier run or another tab has saved: there is no need to ask for them. */
  const readKept = async (entry: Kept, place: Place, limit: number) => {
    await entry.saving;
    const stretch = await store.loadStretch(entry.held.conversationId, place, limit).catch((error) => void onFailure(error));
    return stretch && takeStretch(entry, stretch);
  };

  const load = (entry: Kept) => {
    entry.loaded ??= readKept(entry, {}, PAGE).then(() => {});
    return entry.loaded;
  };

  const fetchPage = async (entry: Kept, place: Place, limit: number) => {
    const { peerId } = entry.held;
    takePage(entry, await request('get', '/api/messages/conversations/:peerId/messages', { peerId, limit, ...place }));
    if (entry.held.version < entry.seen) await catchUp(entry);
  };

  /** Answers whether it could be done. */
  const catchUp = (entry: Kept): Promise<boolean> => {
    entry.catching ??= (async () => {
      let asked: Held;
      do {
        asked = entry.held;
        const lacking = await fetchLacking(request, asked);
        await load(entry);
        if ('update' in lacking) takeUpdate(entry, lacking.update);
        else {
          // A conversation that is read anew forgets what it held: nobody can say which of its rows still stand.
          if (asked.epoch === lacking.page.epoch) entry.held = emptyHeld(asked.conversationId, asked.peerId);
          takePage(entry, lacking.page);
        }
        // Without a step forward somebody spoke of a version that the store does not have: asking again would not end.
      } while (entry.held.version < entry.seen && (entry.held.version > asked.version || entry.held.epoch !== asked.epoch));
    })()
      .then(
        () => true,
        (error: unknown) => {
          onFailure(error);
          return false;
        },
      )
      .finally(() => {
        entry.catching = undefined;
      });
    return entry.catching;
  };

  return {
    get: (peerId: string): Held => keptOf(peerId).held,
    all: (): Held[] => [...kept.values()].map(({ held }) => held),
    /** As this device has saved them. */
    headers: (): HeldHeader[] => [...kept.values()].map(({ saved }) => saved),

    restore(headers: readonly HeldHeader[]) {
      for (const header of headers) {
        const known = kept.get(header.conversationId);
        if (!known) kept.set(header.conversationId, keep(restored(header), header, undefined));
        else takeStretch(known, { header, range: undefined, messages: [] });
      }
    },

    /** A live update. Resolves once what it brings, or what it shows to be missing, is held. */
    async hear(peerId: string, update: Update): Promise<void> {
      const entry = keptOf(peerId);
      if (entry.held.epoch === null || entry.held.epoch === update.epoch) entry.seen = Math.max(entry.seen, update.version);
      const applied = takeUpdate(entry, update);
      if (applied === 'gap' || applied === 'epoch') await catchUp(entry);
    },

    /** Somebody spoke of this version: a list, a notice. Resolves when it was asked for, or with false when it could not be. */
    async see(peerId: string, seen: { epoch: string; version: number }): Promise<boolean> {
      const entry = keptOf(peerId);
      const same = entry.held.epoch === seen.epoch;
      if (same && entry.held.version >= seen.version) return true;
      entry.seen = same || entry.held.epoch === null ? Math.max(entry.seen, seen.version) : seen.version;
      return catchUp(entry);
    },

    /** Another tab has saved this. */
    async follow(header: HeldHeader, update: Update | undefined): Promise<void> {
      const entry = keptOf(header.peerId);
      const same = entry.held.epoch === header.epoch;
      if (same && entry.held.version >= header.version) return;
      if (same && update && takeUpdate(entry, update, true) === 'applied') return;
      if (same && entry.held.messages.size > 0) {
        entry.seen = Math.max(entry.seen, header.version);
        return void (await catchUp(entry));
      }
      takeStretch(entry, { header, range: undefined, messages: [] });
      if (entry.loaded !== undefined) await readKept(entry, {}, PAGE);
      tell(entry);
    },

    /** Brings the newest rows of an earlier run into memory and, where nothing is held yet, reads the newest page. */
    async open(peerId: string): Promise<Held> {
      const entry = keptOf(peerId);
      await load(entry);
      if (entry.held.epoch === null) await catchUp(entry);
      else if (entry.held.ranges.length === 0) await fetchPage(entry, {}, PAGE).catch(onFailure);
      tell(entry);
      void store.used(entry.held.conversationId, clock.now()).catch(onFailure);
      return entry.held;
    },

    /** Reads a stretch of history beside what is held: from this device, and what it does not have from the server. */
    async read(peerId: string, place: Place, limit = PAGE): Promise<Held> {
      const entry = keptOf(peerId);
      await load(entry);
      if (await readKept(entry, place, limit)) tell(entry);
      else await fetchPage(entry, place, limit);
      return entry.held;
    },

    /** Everything taken so far is on disk. */
    saved: async () => {
      await Promise.all([...kept.values()].map(({ saving }) => saving));
    },
  };
}

export type Conversations = ReturnType<typeof createConversations>;
