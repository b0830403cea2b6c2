import type { Device } from './device.ts';
import type { TokenBucket } from './token-bucket.ts';

/** A person with a device on this pod, or with one until a moment ago. */
export interface Account<State> {
  readonly userId: string;
  /** Replaced, never changed: whoever walks over it may close devices on the way. */
  devices: readonly Device<State>[];
  tokens: TokenBucket | undefined;
}

/** Where sockets come from, and how many. */
export interface Address {
  readonly name: string;
  sockets: number;
}

const nobody: readonly never[] = [];

/** Who is connected to this pod. */
export class Roster<State> {
  readonly #accounts = new Map<string, Account<State>>();
  readonly #addresses = new Map<string, Address>();
  readonly #all = new Set<Device<State>>();
  #numbers = 0;
  #present = 0;

  get size(): number {
    return this.#all.size;
  }

  get people(): number {
    return this.#present;
  }

  [Symbol.iterator](): IterableIterator<Device<State>> {
    return this.#all.values();
  }

  of(userId: string): readonly Device<State>[] {
    return this.#accounts.get(userId)?.devices ?? nobody;
  }

  countAt(address: string): number {
    return this.#addresses.get(address)?.sockets ?? 0;
  }

  countOf(userId: string, sessionId: string): number {
    return this.of(userId).reduce((count, device) => count + (device.sessionId === sessionId ? 1 : 0), 0);
  }

  add(device: Device<State>, caller: { userId: string; sessionId: string } | undefined, address: string): void {
    device.number = ++this.#numbers;
    device.address = this.#addresses.get(address) ?? { name: address, sockets: 0 };
    device.address.sockets += 1;
    this.#addresses.set(address, device.address);
    device.sessionId = caller?.sessionId ?? '';
    device.account = caller && this.#account(caller.userId);
    if (device.account) {
      this.#present += device.account.devices.length === 0 ? 1 : 0;
      device.account.devices = [...device.account.devices, device];
    }
    this.#all.add(device);
  }

  remove(device: Device<State>): void {
    if (!this.#all.delete(device)) return;
    const { address, account } = device;
    address.sockets -= 1;
    if (address.sockets === 0) this.#addresses.delete(address.name);
    if (!account) return;
    account.devices = account.devices.filter((other) => other !== device);
    this.#present -= account.devices.length === 0 ? 1 : 0;
    if (account.devices.length === 0 && !account.tokens) this.#accounts.delete(account.userId);
  }

  /** Who is gone is remembered until their rate is whole again: coming back must not give a new one. */
  sweep(now: number): void {
    for (const { userId, devices, tokens } of this.#accounts.values()) {
      if (devices.length === 0 && tokens?.isFull(now)) this.#accounts.delete(userId);
    }
  }

  #account(userId: string): Account<State> {
    const known = this.#accounts.get(userId);
    if (known) return known;
    const account: Account<State> = { userId, devices: [], tokens: undefined };
    this.#accounts.set(userId, account);
    return account;
  }
}
