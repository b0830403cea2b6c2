import type { Lane, Waiting } from '../lane.ts';
import { comesAgain } from '../wire.ts';

/** How much of the bound must be free again before a full queue takes more, as on RabbitMQ: so that what was refused can't be overtaken. */
const freeAgain = 0.8;

/** A bounded queue in memory. The first of its hearers is given everything, the others stand by. */
export class MemoryQueue {
  private readonly bound: number;
  private readonly lanes: Lane<Waiting>[] = [];
  /** Everything that is not handled yet, also what the active lane holds. */
  private items: Waiting[] = [];
  private head = 0;
  private full = false;

  constructor(bound: number) {
    this.bound = bound;
  }

  get size() {
    return this.items.length - this.head;
  }

  takes(count: number): boolean {
    if (this.full && this.size < this.bound * freeAgain) this.full = false;
    if (this.size + count > this.bound) this.full = true;
    return !this.full;
  }

  push(waiting: readonly Waiting[]) {
    for (const one of waiting) this.items.push(one);
    this.lanes[0]?.push(waiting);
  }

  done(count: number) {
    this.head += count;
    if (this.head < 4_096 && this.head < this.items.length) return;
    this.items = this.items.slice(this.head);
    this.head = 0;
  }

  join(lane: Lane<Waiting>) {
    this.lanes.push(lane);
    if (this.lanes[0] === lane) lane.push(this.items.slice(this.head));
  }

  /** Once the lane is closed, the next one takes over what is left. */
  leave(lane: Lane<Waiting>) {
    const wasActive = this.lanes[0] === lane;
    this.lanes.splice(this.lanes.indexOf(lane), 1);
    if (!wasActive) return;
    // The one that went may have begun with any of them.
    this.items = this.items.slice(this.head).map(({ unpacked }) => ({ unpacked: comesAgain(unpacked) }));
    this.head = 0;
    this.lanes[0]?.push(this.items);
  }
}
