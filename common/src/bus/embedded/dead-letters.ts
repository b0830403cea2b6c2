import type { Pool } from 'pg';
import { type Clock, systemClock } from '../../server/clock.ts';
import type { Logger } from '../../server/log.ts';
import type { DeadLetter, DeadLetters } from '../bus.ts';
import { type KeptLetter, Store } from './store.ts';

const lettersAtOnce = 10_000;
/** Of one queue. */
const lettersListed = 10_000;
const redriveEvery = 2_000;

export interface EmbeddedDeadLettersOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  /** Back to the end of the queue that they are of, and out of the dead letters. */
  readonly sendAgain: (queue: string, letters: readonly KeptLetter[]) => Promise<void>;
}

/** The dead letters of all queues are one table. To redrive is to mark them: whoever marks, they go from where the queues are. */
export class EmbeddedDeadLetters implements DeadLetters {
  private readonly options: EmbeddedDeadLettersOptions;
  private readonly closing = new AbortController();
  private watching: Promise<void> | undefined;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(options: EmbeddedDeadLettersOptions) {
    this.options = options;
  }

  async list(queue?: string) {
    const letters = await this.options.store.dead(queue, lettersListed);
    return letters.map(({ id: _, ...letter }) => letter);
  }

  async redrive(queue?: string) {
    const count = await this.options.store.raise(queue);
    await this.sendRaised();
    return count;
  }

  async erase(matches: (letter: DeadLetter) => boolean, queue?: string) {
    const { store } = this.options;
    let erased = 0;
    for (let last: string | undefined = '0'; last !== undefined; ) {
      const letters = await store.deadAfter(last, queue, lettersAtOnce);
      const matching = letters.filter(matches);
      await store.forgetDead(matching.map(({ id }) => id));
      erased += matching.length;
      last = letters.at(-1)?.id;
    }
    return erased;
  }

  /** Another process may have marked some. */
  watch() {
    this.watching = this.watchRaised();
  }

  async close() {
    this.closing.abort();
    await this.watching;
  }

  private async watchRaised() {
    const { clock, log } = this.options;
    while (!this.closing.signal.aborted) {
      await this.sendRaised().catch((error: unknown) => log.warn({ err: error }, 'Dead letters can not be sent again'));
      await clock.sleep(redriveEvery, this.closing.signal);
    }
  }

  private sendRaised(): Promise<void> {
    const sent = this.turn.then(async () => {
      const raised = await this.options.store.raised(lettersAtOnce);
      for (const [queue, letters] of Map.groupBy(raised, (letter) => letter.queue)) await this.options.sendAgain(queue, letters);
    });
    this.turn = sent.catch(() => {});
    return sent;
  }
}

/** Seen from another process than that of the bus, which sends again what is marked here within moments. */
export function embeddedDeadLetters(database: Pool, log: Logger): DeadLetters {
  return new EmbeddedDeadLetters({ store: new Store(database), clock: systemClock, log, sendAgain: async () => {} });
}
