/**
 * Which pods hold a device of whom, so that what concerns a person is sent to those pods alone. Adapters: Redis, and one
 * inside a process; the same conformance suite holds both. Nothing here is truth: while nobody can tell, everybody is
 * told. Words: a *group* is the pods of one service; a *lease* is a pod's sign of life; a *departure* is a person whose
 * last device in the group went.
 */
export interface Registry extends AsyncDisposable {
  /**
   * Makes this pod a member of its group: keeps its lease and its devices registered, from memory also when the store
   * comes back empty. `onLost`: for a while this pod may have been left out; its sockets must resync. It is called when
   * the pod is registered again, so that what is read after it misses nothing.
   */
  join(group: string, pod: string, onLost: () => void, options?: JoinOptions): Promise<Membership>;
  /**
   * The pods of a group that hold a device of these people, by person; who has none is left out. `every` while nobody
   * can tell. One round trip, never answered from memory: a device that was added before the call is in the answer.
   */
  podsOf(group: string, userIds: readonly string[]): Promise<PodsByPerson | 'every'>;
}

export type PodsByPerson = ReadonlyMap<string, readonly string[]>;

export interface JoinOptions {
  /** Departures are remembered until somebody calls `settle` for them. */
  readonly keepsDepartures?: boolean;
  /** Told when the registry of the group begins or ceases to be complete: `podsOf` answers `every` while it is not. */
  readonly onKnown?: (known: boolean) => void;
}

/** Disposing says goodbye for all devices of the pod. A pod that ends without it is noticed when its lease runs out. */
export interface Membership extends AsyncDisposable {
  /** False while the store is away, or back and not complete yet. */
  readonly known: boolean;
  /**
   * Resolves when publishers can know of it, or at once while the store is away: then they address every pod, and
   * `onLost` follows. A device reads its state only after that. Counted: one call a device.
   */
  add(userId: string): Promise<void>;
  /** `lastSign`: when the device was last heard, by the clock of this pod. */
  remove(userId: string, lastSign?: number): Promise<void>;
  /** Who departed at `until` or before, longest ago first. A person whose pod died departs at that pod's last renewal. */
  departures(until: number, limit: number): Promise<readonly Departure[]>;
  /** Forgets departures; one of the same person that is newer stays. */
  settle(departures: readonly Departure[]): Promise<void>;
}

export interface Departure {
  readonly userId: string;
  readonly since: number;
}
