/** What a device hears. */
export interface Ears {
  /** Bytes in which texts of messages are. */
  readonly text?: (bytes: Buffer) => void;
  readonly refused?: () => void;
  /** It only writes and is shown what is written: no notices, no receipts. */
  readonly bare?: boolean;
  readonly closed?: () => void;
}

/** Somebody who is signed in and can be reached. */
export interface Device {
  say(to: number, number: number): void;
  /** Tells who wrote that so many of theirs have arrived, of which `last` is the last. */
  delivered(from: number, count: number, last: number): void;
  close(): void;
}

/** A system under load: servers that the harness started and will stop. People are numbers. */
export interface System extends AsyncDisposable {
  readonly versions: Readonly<Record<string, string>>;
  /** Connections that one device holds open. */
  readonly connections: number;
  /** Ends that each of these has on this machine, the device's own and those of a proxy's among them. */
  readonly ends: number;
  /** It promises that nothing is shown out of order. */
  readonly keepsOrder: boolean;
  /** Makes the accounts of the people from 0 up to this number, in its database. */
  people(count: number): Promise<void>;
  device(person: number, ears: Ears): Promise<Device>;
  /** Messages that its database holds; undefined where nothing is kept. */
  stored(): Promise<number | undefined>;
}

export interface SystemKind {
  readonly name: string;
  readonly title: string;
  /** What has to be installed for it and is not. */
  lacks(): string | undefined;
  start(folder: string): Promise<System>;
  /** The rate that the search for the highest begins with. */
  readonly from: number;
}
