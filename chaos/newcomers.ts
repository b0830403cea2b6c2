import { LATE_MS } from './calm.ts';
import type { Crowd } from './crowd.ts';
import type { Ledger } from './ledger.ts';
import type { Random } from './random.ts';

export interface NewcomersOptions {
  readonly crowd: Pick<Crowd, 'people' | 'signUp' | 'acquaint' | 'addDevice'>;
  readonly ledger: Pick<Ledger, 'violate'>;
  readonly random: Random;
  readonly onFailure: (device: string, error: unknown) => void;
}

const EVERY_MS = 15_000;

/** Now and then somebody signs up while things break, and begins a conversation with one who was there before. */
export function startArriving({ crowd, ledger, random, onFailure }: NewcomersOptions) {
  let arrived = 0;
  let arriving: Promise<void> | undefined;
  const arrive = async () => {
    const peer = random.pick(crowd.people.filter(({ peers }) => peers.length > 0));
    const person = await crowd.signUp(`Cleo${arrived + 1}`);
    arrived += 1;
    crowd.acquaint(person, peer);
    await crowd.addDevice(person, 'phone').start();
  };
  const tryToArrive = () => {
    arriving ??= arrive()
      .catch((error: unknown) => onFailure('somebody new', error))
      .finally(() => {
        arriving = undefined;
      });
    return arriving;
  };
  const timer = setInterval(() => void tryToArrive(), EVERY_MS);
  return {
    arrived: () => arrived,
    /** [D7] Nothing is broken now: somebody new gets in, after as many attempts as there is time for. */
    async arriveInCalm(until: (milliseconds: number, isSo: () => Promise<boolean>) => Promise<void>) {
      const before = arrived;
      await until(LATE_MS, async () => {
        await tryToArrive();
        return arrived > before;
      });
      if (arrived === before)
        ledger.violate('never answered', `nobody new could sign up for ${LATE_MS / 1000} s in which nothing was broken`);
    },
    async stop() {
      clearInterval(timer);
      await arriving;
    },
  };
}
