import type { Bus, Heard } from '../bus.ts';
import { numberOf } from './examples.ts';

/** What buses of one test share: a broker's namespace, or a process's tables. */
export interface Ground extends AsyncDisposable {
  /** A bus as one pod has it: its own over a broker, the same for all inside one process. */
  pod(): Promise<Bus>;
  /** All pods stop, in good order, and one starts again. */
  restart(): Promise<Bus>;
  /** A body as another release, or something broken, might have left it in a queue. */
  inject(queue: string, body: readonly unknown[]): Promise<void>;
}

/** A hearer's memory. */
export function memory() {
  const batches: number[][] = [];
  return {
    batches,
    facts: [] as Heard[],
    get numbers() {
      return batches.flat();
    },
    take(batch: readonly Heard[]) {
      batches.push(batch.map(numberOf));
      this.facts.push(...batch);
    },
  };
}

/** A door that a handler waits at. */
export function door() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

/** One thing that holds for every bus. */
export type Case = (name: string, run: (ground: Ground) => Promise<void>) => void;
