import type { NotificationDevice } from '../device.ts';

/** A person with a device on this pod. There are many thousands: what is empty is not there. */
export interface Observer {
  readonly userId: string;
  /** With whom they have a conversation; undefined until messages has said so. */
  contacts: ReadonlySet<string> | undefined;
  /** Between whom and them one has blocked the other, whichever. */
  blocks: ReadonlySet<string>;
  /** Whom their devices have on screen. */
  watched: ReadonlySet<string>;
  showLastSeen: boolean;
  /** Milliseconds since 1970. */
  doNotDisturbUntil: number;
  /** A browser of theirs is notified while it is closed. */
  pushes: boolean;
  /** Counts what was heard of their contacts and blocks: an answer that was asked for before is not current. */
  heard: number;
  /** Snapshots that are being read: what moves meanwhile is told after them. */
  reading: number;
  /** What will be told with the next frame, by person. */
  pending: Map<string, string> | undefined;
}

/** One for all: most have nobody blocked, and nobody on screen. */
export const nobody: ReadonlySet<string> = new Set();

/** Who on this pod is told of whom: the one place that decides it. */
export class Audience {
  readonly #observers = new Map<string, Observer>();
  readonly #byPerson = new Map<string, Set<Observer>>();
  /** Devices whose list of people is open: they learn of new people. */
  readonly browsing = new Set<NotificationDevice>();

  of(userId: string): Observer | undefined {
    return this.#observers.get(userId);
  }

  get size(): number {
    return this.#observers.size;
  }

  [Symbol.iterator](): IterableIterator<Observer> {
    return this.#observers.values();
  }

  enter(userId: string): Observer {
    const observer: Observer = {
      userId,
      contacts: undefined,
      blocks: nobody,
      watched: nobody,
      showLastSeen: true,
      doNotDisturbUntil: 0,
      pushes: false,
      heard: 0,
      reading: 0,
      pending: undefined,
    };
    this.#observers.set(userId, observer);
    return observer;
  }

  leave(userId: string) {
    const observer = this.#observers.get(userId);
    if (!observer) return;
    this.follow(observer, { contacts: nobody, watched: nobody });
    this.#observers.delete(userId);
  }

  isHere(observer: Observer): boolean {
    return this.#observers.get(observer.userId) === observer;
  }

  /** Whom this observer has conversations with, or on screen, from now on. */
  follow(
    observer: Observer,
    { contacts = observer.contacts, watched = observer.watched }: Partial<Pick<Observer, 'contacts' | 'watched'>>,
  ) {
    const before = followedBy(observer);
    observer.contacts = contacts;
    observer.watched = watched;
    const now = followedBy(observer);
    for (const userId of now.difference(before)) this.#add(userId, observer);
    for (const userId of before.difference(now)) this.#remove(userId, observer);
  }

  /** Who is told of this person's presence. */
  *observersOf(userId: string): IterableIterator<Observer> {
    for (const observer of this.#byPerson.get(userId) ?? nobodyHere) if (maySee(observer, userId)) yield observer;
  }

  /** Who has this person before them, blocked or not: for what everybody may know, such as a name. */
  whoKnows(userId: string): Iterable<Observer> {
    return this.#byPerson.get(userId) ?? nobodyHere;
  }

  #add(userId: string, observer: Observer) {
    const observers = this.#byPerson.get(userId);
    if (observers) observers.add(observer);
    else this.#byPerson.set(userId, new Set([observer]));
  }

  #remove(userId: string, observer: Observer) {
    const observers = this.#byPerson.get(userId);
    observers?.delete(observer);
    if (observers?.size === 0) this.#byPerson.delete(userId);
  }
}

const nobodyHere: readonly never[] = [];

export const followedBy = ({ contacts = nobody, watched }: Observer): ReadonlySet<string> =>
  watched.size === 0 ? contacts : contacts.union(watched);

/** Never across a block. Until it is known who blocked whom, nobody is shown. */
export const maySee = (observer: Observer, userId: string) =>
  observer.contacts !== undefined && observer.userId !== userId && !observer.blocks.has(userId);
