/**
 * Values that may be lost at any moment. Adapters: Redis, and one inside a process. Everything fails fast: while the
 * store is away `get` answers undefined, writes are dropped, and `available` says so; the caller goes on without.
 */
export interface Cache extends AsyncDisposable {
  readonly available: boolean;
  get(key: string): Promise<string | undefined>;
  getMany(keys: readonly string[]): Promise<(string | undefined)[]>;
  set(key: string, value: string, seconds: number): Promise<void>;
  delete(...keys: string[]): Promise<void>;
  /** Adds one and answers the new value; the key lives for `seconds` from its first count. Undefined while away. */
  count(key: string, seconds: number): Promise<number | undefined>;
}
