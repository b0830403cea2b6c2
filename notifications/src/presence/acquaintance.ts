import { limits, messageRoutes, type Output } from '@parley/common/contracts';
import type { Ask, Clock, Logger } from '@parley/common/server';
import type { Preferences } from '../preferences.ts';
import { together } from '../together.ts';
import { type Audience, nobody, type Observer } from './audience.ts';
import type { PresenceTeller } from './teller.ts';

export interface AcquaintanceOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly ask: Ask;
  readonly audience: Audience;
  readonly teller: PresenceTeller;
  readonly preferences: Pick<Preferences, 'of'>;
  /** What this person decided is known here now. */
  readonly onLearnt: (userId: string) => void;
}

type Page = Output<typeof messageRoutes.conversationPeers>['people'][number];

/** Who is learnt at a time: a storm of devices must not become one at messages, which is asked for all of these together. */
const AT_ONCE = limits.peersOf;
const RETRY_MS = { first: 500, last: 10_000 };

/** Learns from messages with whom the observers of this pod have conversations and who blocked whom, and keeps it as events tell. */
export class Acquaintance {
  readonly #options: AcquaintanceOptions;
  readonly #closing = new AbortController();
  readonly #waiting = new Set<Observer>();
  readonly #firstPage: (userId: string) => Promise<Page | undefined>;
  #asking = 0;

  constructor(options: AcquaintanceOptions) {
    this.#options = options;
    this.#firstPage = together(async (userIds) => {
      const { people } = await options.ask(messageRoutes.conversationPeers, { userIds: [...userIds] });
      return new Map(people.map((page) => [page.userId, page]));
    }, limits.peersOf);
  }

  /** Asks anew, then tells the observer all that they may know. */
  learn(observer: Observer) {
    this.#waiting.add(observer);
    if (this.#asking < AT_ONCE) void this.#askInTurn();
  }

  /** Events may have been missed. */
  learnAllAnew() {
    for (const observer of this.#options.audience) {
      observer.heard += 1;
      this.learn(observer);
    }
  }

  /** The two have a conversation: each who is here is told of the other. */
  met(userId: string, peerId: string) {
    const observer = this.#options.audience.of(userId);
    if (!observer || observer.contacts?.has(peerId)) return;
    observer.heard += 1;
    if (!observer.contacts) return;
    this.#options.audience.follow(observer, { contacts: new Set([...observer.contacts, peerId]) });
    this.#options.teller.show(observer, [peerId]);
  }

  blocked(userId: string, peerId: string) {
    const observer = this.#options.audience.of(userId);
    if (!observer) return;
    observer.heard += 1;
    observer.blocks = new Set([...observer.blocks, peerId]);
    observer.pending?.delete(peerId);
    this.#options.teller.hide(observer, peerId);
  }

  /** The other way round a block may still stand: messages knows. */
  unblocked(userId: string) {
    const observer = this.#options.audience.of(userId);
    if (!observer) return;
    observer.heard += 1;
    this.learn(observer);
  }

  [Symbol.dispose]() {
    this.#closing.abort();
  }

  async #askInTurn() {
    this.#asking += 1;
    for (const observer of this.#waiting) {
      this.#waiting.delete(observer);
      await this.#learnOne(observer);
      if (this.#closing.signal.aborted) break;
    }
    this.#asking -= 1;
  }

  async #learnOne(observer: Observer) {
    const { audience, teller, preferences, onLearnt, clock, log } = this.#options;
    for (
      let pause = RETRY_MS.first;
      audience.isHere(observer) && !this.#closing.signal.aborted;
      pause = Math.min(pause * 2, RETRY_MS.last)
    ) {
      const { heard } = observer;
      try {
        const [{ contacts, blocks }, own] = await Promise.all([this.#ask(observer.userId), preferences.of(observer.userId)]);
        // What was heard meanwhile may be newer than the answer.
        if (observer.heard !== heard) continue;
        if (!audience.isHere(observer)) return;
        observer.blocks = blocks;
        observer.showLastSeen = own.showLastSeen;
        observer.doNotDisturbUntil = own.doNotDisturbUntil;
        observer.pushes = own.pushes;
        onLearnt(observer.userId);
        audience.follow(observer, { contacts });
        return teller.snapshot(observer);
      } catch (error) {
        log.debug({ error }, 'contacts could not be learnt yet');
        await clock.sleep(pause * (0.5 + Math.random() / 2), this.#closing.signal);
      }
    }
  }

  async #ask(userId: string) {
    const contacts = new Set<string>();
    const blocks = new Set<string>();
    for (let page = await this.#firstPage(userId); page; page = page.after === null ? undefined : await this.#page(userId, page.after)) {
      for (const { peerId, blocks: blocked, blockedBy } of page.peers) {
        contacts.add(peerId);
        if (blocked || blockedBy) blocks.add(peerId);
      }
    }
    return { contacts: contacts.size > 0 ? contacts : nobody, blocks: blocks.size > 0 ? blocks : nobody };
  }

  async #page(userId: string, after: string): Promise<Page | undefined> {
    const { people } = await this.#options.ask(messageRoutes.conversationPeers, { userIds: [userId], after });
    return people[0];
  }
}
