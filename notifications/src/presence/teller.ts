import type { NotificationDown } from '@parley/common/contracts';
import type { Clock, Logger } from '@parley/common/server';
import type { NotificationDevice } from '../device.ts';
import { type Audience, followedBy, type Observer } from './audience.ts';
import type { PresenceRecord, PresenceRecords } from './records.ts';
import { hidden, shownTo } from './shown.ts';

export interface TellerOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly audience: Audience;
  readonly records: Pick<PresenceRecords, 'find'>;
  readonly devicesOf: (userId: string) => readonly NotificationDevice[];
}

/** Moves within this time become one frame for each observer. */
const COALESCE_MS = 200;
/** People read in one statement, and told in one frame. */
const READ_AT_ONCE = 5_000;
const TOLD_AT_ONCE = 500;
const RETRY_MS = 1_000;

/** Something to be read and told, to one device or all of a person: all they may know, how some people are just now, or that somebody left their sight. */
interface Reading {
  readonly observer: Observer;
  readonly device: NotificationDevice | undefined;
  readonly userIds: Iterable<string>;
  readonly kind: 'snapshot' | 'shown' | 'hidden';
}

/** Tells the observers on this pod who comes and goes. While nobody can tell, it tells that. */
export class PresenceTeller {
  readonly #options: TellerOptions;
  readonly #closing = new AbortController();
  readonly #moved = new Set<Observer>();
  #flushing = false;
  #readings: Reading[] = [];
  #reading = false;
  known = false;

  constructor(options: TellerOptions) {
    this.#options = options;
  }

  /** Heard: this person came or went. */
  moved(record: PresenceRecord) {
    if (!this.known) return;
    const texts = new Map<boolean, string>();
    for (const observer of this.#options.audience.observersOf(record.userId)) {
      const text = texts.get(observer.showLastSeen) ?? JSON.stringify(shownTo(observer, record.userId, record));
      texts.set(observer.showLastSeen, text);
      this.#tellSoon(observer, record.userId, text);
    }
  }

  /** All that this observer may know, to one device or to all of theirs. */
  snapshot(observer: Observer, device?: NotificationDevice) {
    if (!this.known) return this.#pass(observer, device, unknown);
    // Follows when they are learnt.
    if (!observer.contacts) return;
    observer.reading += 1;
    this.#read({ observer, device, userIds: followedBy(observer), kind: 'snapshot' });
  }

  /** How these people are just now, as far as this observer may know. */
  show(observer: Observer, userIds: Iterable<string>, device?: NotificationDevice) {
    if (this.known) this.#read({ observer, device, userIds, kind: 'shown' });
  }

  /** A block came between them: what the observer knew is overwritten once, and nothing follows. */
  hide(observer: Observer, userId: string) {
    if (this.known) this.#read({ observer, device: undefined, userIds: [userId], kind: 'hidden' });
  }

  setKnown(known: boolean) {
    this.known = known;
    for (const observer of this.#options.audience) this.snapshot(observer);
  }

  [Symbol.dispose]() {
    this.#closing.abort();
  }

  #tellSoon(observer: Observer, userId: string, text: string) {
    observer.pending ??= new Map();
    observer.pending.set(userId, text);
    this.#moved.add(observer);
    if (this.#flushing) return;
    this.#flushing = true;
    void this.#options.clock.sleep(COALESCE_MS, this.#closing.signal).then(() => {
      this.#flushing = false;
      for (const one of this.#moved) this.#flush(one);
    });
  }

  #flush(observer: Observer) {
    if (observer.reading > 0) return;
    this.#moved.delete(observer);
    const texts = observer.pending?.values();
    observer.pending = undefined;
    if (texts && this.known) this.#tell(observer, undefined, [...texts], false);
  }

  #read(reading: Reading) {
    this.#readings.push(reading);
    if (!this.#reading) void this.#readAll();
  }

  async #readAll() {
    this.#reading = true;
    // A storm of devices asks in one turn of the event loop or a few.
    await new Promise(setImmediate);
    while (this.#readings.length > 0 && !this.#closing.signal.aborted) {
      const { readings, userIds } = takeSome(this.#readings);
      try {
        const records = userIds.size > 0 ? await this.#options.records.find([...userIds]) : new Map<string, PresenceRecord>();
        for (const reading of readings) this.#answer(reading, records);
      } catch (error) {
        this.#options.log.warn({ error }, 'presence could not be read');
        this.#readings.unshift(...readings);
        await this.#options.clock.sleep(RETRY_MS, this.#closing.signal);
      }
    }
    this.#reading = false;
  }

  #answer({ observer, device, userIds, kind }: Reading, records: ReadonlyMap<string, PresenceRecord>) {
    const snapshot = kind === 'snapshot';
    const texts: string[] = [];
    for (const userId of userIds) {
      const record = records.get(userId);
      const shown = kind === 'hidden' ? hidden(userId, record) : shownTo(observer, userId, record);
      // In a snapshot a contact that is not named is offline; whoever is on screen is named.
      if (!snapshot || shown.state === 'online' || observer.watched.has(userId)) texts.push(JSON.stringify(shown));
    }
    if (this.known) this.#tell(observer, device, texts, snapshot);
    if (!snapshot) return;
    observer.reading -= 1;
    this.#flush(observer);
  }

  #tell(observer: Observer, device: NotificationDevice | undefined, texts: string[], snapshot: boolean) {
    const [first, ...others] = chunks(texts);
    this.#pass(observer, device, `{"type":"presence",${snapshot ? '"snapshot":true,' : ''}"people":[${first?.join() ?? ''}]}`);
    for (const some of others) this.#pass(observer, device, `{"type":"presence","people":[${some.join()}]}`);
  }

  #pass(observer: Observer, device: NotificationDevice | undefined, text: string) {
    for (const one of device ? [device] : this.#options.devicesOf(observer.userId)) one.pass(text);
  }
}

const unknown = JSON.stringify({ type: 'presence-unknown' } satisfies NotificationDown);

/** As many readings as one statement answers, at least one. */
function takeSome(readings: Reading[]) {
  const userIds = new Set<string>();
  let count = 0;
  for (const reading of readings) {
    for (const userId of reading.userIds) userIds.add(userId);
    count += 1;
    if (userIds.size >= READ_AT_ONCE) break;
  }
  return { readings: readings.splice(0, count), userIds };
}

function chunks(texts: readonly string[]): string[][] {
  const parts: string[][] = [];
  for (let i = 0; i < texts.length; i += TOLD_AT_ONCE) parts.push(texts.slice(i, i + TOLD_AT_ONCE));
  return parts;
}
