import type { Device } from './device.ts';

/** Keeps what waits for slow readers within bounds, for each of them and for the pod. */
export class SlowReaders {
  readonly #perSocket: number;
  readonly #perPod: number;
  readonly #watched: number;
  readonly #devices = new Set<Device>();
  /** Bytes that waited at the last look. */
  buffered = 0;

  constructor(settings: { readonly bufferedPerSocket: number; readonly bufferedPerPod: number; readonly hintsUpTo: number }) {
    this.#perSocket = settings.bufferedPerSocket;
    this.#perPod = settings.bufferedPerPod;
    this.#watched = settings.hintsUpTo;
  }

  written(device: Device): void {
    const bytes = device.bufferedAmount;
    if (bytes > this.#perSocket) device.end('too-slow');
    else if (bytes > this.#watched) this.#devices.add(device);
  }

  remove(device: Device): void {
    this.#devices.delete(device);
  }

  /** Those for whom most is waiting go first, until the pod is within its bound. */
  look(): void {
    const waiting = [...this.#devices]
      .map((device) => ({ device, bytes: device.bufferedAmount }))
      .sort((one, other) => other.bytes - one.bytes);
    this.buffered = waiting.reduce((sum, { bytes }) => sum + bytes, 0);
    let sum = this.buffered;
    for (const { device, bytes } of waiting) {
      if (sum > this.#perPod) device.end('too-slow');
      else if (bytes <= this.#watched) this.#devices.delete(device);
      sum -= sum > this.#perPod ? bytes : 0;
    }
  }
}
