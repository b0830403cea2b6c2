import { uuidv7 } from '@parley/common/contracts/uuid';
import type { Clock } from './clock.ts';
import type { Command } from './outbox.ts';

/** A device tells at most once in so many milliseconds and conversation that it has saved what came. */
export const DELIVERED_EVERY_MS = 250;

type Delivered = Extract<Command, { type: 'delivered' }>;

/**
 * [D6] Tells what this device has saved, as a watermark per conversation. Nothing of it is kept: after a reload or on a
 * new connection what is held says it all again.
 */
export function createReceipts({ clock, send }: { clock: Clock; send: (frames: Delivered[]) => void }) {
  const saved = new Map<string, number>();
  const answered = new Map<string, number>();
  let cancel: (() => void) | undefined;

  const flush = () => {
    cancel = undefined;
    const frames: Delivered[] = [];
    for (const [peerId, seq] of saved) {
      if (seq > (answered.get(peerId) ?? 0)) frames.push({ type: 'delivered', clientId: uuidv7(clock.now()), to: peerId, seq });
    }
    saved.clear();
    if (frames.length > 0) send(frames);
  };

  return {
    /** Everything of this conversation up to `seq` is saved here. */
    saved(peerId: string, seq: number) {
      if (seq <= (answered.get(peerId) ?? 0) || seq <= (saved.get(peerId) ?? 0)) return;
      saved.set(peerId, seq);
      cancel ??= clock.after(DELIVERED_EVERY_MS, flush);
    },
    /** The store knows of it. */
    answered(peerId: string, seq: number) {
      if (seq > (answered.get(peerId) ?? 0)) answered.set(peerId, seq);
    },
    stop() {
      cancel?.();
      cancel = undefined;
      saved.clear();
    },
  };
}
