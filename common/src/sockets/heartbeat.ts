import type { Device } from './device.ts';

/**
 * One wheel for all sockets instead of a timer for each: every slot comes by once a round, and each of its devices is
 * pinged then, or closed when nothing was heard of it since the last time.
 */
export class Heartbeat {
  readonly #slots: Set<Device>[];
  #turn = 0;

  constructor(slots: number) {
    this.#slots = Array.from({ length: slots }, () => new Set());
  }

  add(device: Device): void {
    this.#slotOf(device).add(device);
  }

  remove(device: Device): void {
    this.#slotOf(device).delete(device);
  }

  /** Devices are numbered as they come, so a storm of them is spread over the whole round. */
  #slotOf(device: Device): Set<Device> {
    return this.#slots[device.number % this.#slots.length] as Set<Device>;
  }

  turn(): void {
    this.#turn = (this.#turn + 1) % this.#slots.length;
    for (const device of this.#slots[this.#turn] as Set<Device>) {
      if (device.heard) {
        device.heard = false;
        device.ping();
      } else {
        device.end('timed-out');
      }
    }
  }
}
