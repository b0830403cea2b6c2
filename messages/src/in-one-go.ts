/** A batch of more pays for a transaction of its own, and gives the others time to be prepared while it is written. */
const FEW = 100;

interface Waiting<T> {
  readonly batch: readonly T[];
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/**
 * What is handed in at one time is handled as one, as long as it is little: a transaction and the telling of it have a price of
 * their own, whatever is in them, and shards of one process have their turns at the same time. What fails together is tried
 * one by one, so that nobody fails for another's reason.
 */
export function inOneGo<T>(handle: (batches: readonly (readonly T[])[]) => Promise<void>): (batch: readonly T[]) => Promise<void> {
  let waiting: Waiting<T>[] = [];

  const handleOne = ({ batch, done, failed }: Waiting<T>) => handle([batch]).then(done, failed);
  const handleAll = async (all: readonly Waiting<T>[]) => {
    if (all.length < 2) return void all.map(handleOne);
    try {
      await handle(all.map(({ batch }) => batch));
      for (const { done } of all) done();
    } catch {
      for (const one of all) void handleOne(one);
    }
  };
  const handleWaiting = () => {
    const all = waiting;
    waiting = [];
    for (const one of all.filter(({ batch }) => batch.length > FEW)) void handleOne(one);
    void handleAll(all.filter(({ batch }) => batch.length <= FEW));
  };

  return (batch) =>
    new Promise((done, failed) => {
      if (waiting.push({ batch, done, failed }) === 1) setImmediate(handleWaiting);
    });
}
