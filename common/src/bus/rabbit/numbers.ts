import { randomUUID } from 'node:crypto';

/** Pods come and go; past so many places the publisher begins anew under another name. */
const numberedPlaces = 10_000;

/** Numbers every message that a pod may hear, for each place by itself, so that the pod notices a missing one. */
export class Numbers {
  private publisher = randomUUID();
  private first = 1;
  private next = new Map<string, number>();

  of(stream: string) {
    if (this.next.size >= numberedPlaces) this.beginAnew();
    const number = this.next.get(stream) ?? this.first;
    this.next.set(stream, number + 1);
    return { publisher: this.publisher, stream, number };
  }

  /** A first number above one tells those who knew the old name that something may lie before it. */
  private beginAnew() {
    this.publisher = randomUUID();
    this.first = 2;
    this.next = new Map();
  }
}
