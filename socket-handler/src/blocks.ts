import { limits, messageRoutes } from '@parley/common/contracts';
import type { Ask, Clock, Logger } from '@parley/common/server';

export interface Blocks {
  /** Whether nobody of the two blocks the other; false also while nobody can tell. */
  areFree(conversationId: string): Promise<boolean>;
  /** One of the two decided otherwise. */
  moved(conversationId: string): void;
  /** Something may have been missed. */
  forget(): void;
}

export interface BlocksOptions {
  readonly ask: Ask;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Conversations of which it is remembered. */
const REMEMBERED = 20_000;
/** Messages that does not answer is left alone for so long. */
const REST_MS = 1_000;

type Waiting = Map<string, PromiseWithResolvers<boolean>>;

/** Who blocks whom, as messages says it: asked for many conversations at a time, and remembered until an event says otherwise. */
export function createBlocks({ ask, clock, log }: BlocksOptions): Blocks {
  const known = new Map<string, boolean>();
  let waiting: Waiting = new Map();
  /** Asked for just now; what moves meanwhile is taken out, for the answer may be older. */
  let asked: Waiting = new Map();
  let asking = false;
  let restUntil = 0;

  const answer = async () => {
    const ids = [...asked.keys()];
    try {
      const { blocked } = await ask(messageRoutes.blockedConversations, { conversationIds: ids });
      const among = new Set(blocked);
      if (known.size + ids.length > REMEMBERED) known.clear();
      for (const [id, { resolve }] of asked) {
        known.set(id, !among.has(id));
        resolve(!among.has(id));
      }
    } catch (error) {
      log.debug({ error }, 'messages does not say who blocks whom: nobody is shown typing');
      restUntil = clock.now() + REST_MS;
      for (const { resolve } of asked.values()) resolve(false);
    }
  };

  const askAll = async () => {
    asking = true;
    // What is asked in this turn of the event loop belongs together.
    await new Promise(setImmediate);
    while (waiting.size > 0) {
      asked = new Map([...waiting].slice(0, limits.versionsPage));
      waiting = new Map([...waiting].slice(limits.versionsPage));
      await answer();
      asked = new Map();
    }
    asking = false;
  };

  const moved = (id: string) => {
    known.delete(id);
    asked.get(id)?.resolve(false);
    asked.delete(id);
  };

  return {
    async areFree(id) {
      const free = known.get(id);
      if (free !== undefined) return free;
      if (clock.now() < restUntil) return false;
      const pending = asked.get(id) ?? waiting.get(id) ?? Promise.withResolvers<boolean>();
      if (!asked.has(id)) waiting.set(id, pending);
      if (!asking) void askAll();
      return pending.promise;
    },
    moved,
    forget() {
      known.clear();
      for (const id of asked.keys()) moved(id);
    },
  };
}
