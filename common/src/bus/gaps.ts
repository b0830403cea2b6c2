/** Publishers that were not heard for so long are forgotten; hearing them again is a gap at worst. */
const forgetAfter = 60 * 60 * 1_000;
const rememberedStreams = 20_000;

interface Last {
  number: number;
  at: number;
}

/**
 * Tells from the numbers of a publisher's messages whether one is missing. A stream that begins with 1 began after this
 * pod joined, so nothing lies before it; one that begins later may have a past that this pod has missed.
 */
export class Gaps {
  private readonly streams = new Map<string, Last>();

  isGap(publisher: string, stream: string, number: number, now: number): boolean {
    const id = `${publisher} ${stream}`;
    const last = this.streams.get(id);
    if (!last) {
      this.streams.set(id, { number, at: now });
      if (this.streams.size > rememberedStreams) this.forget(now);
      return number !== 1;
    }
    const skipped = number > last.number + 1;
    // What is not beyond the last one is a repeat, sent again after a lost connection.
    last.number = Math.max(last.number, number);
    last.at = now;
    return skipped;
  }

  private forget(now: number) {
    for (const [id, last] of this.streams) if (now - last.at > forgetAfter) this.streams.delete(id);
  }
}
