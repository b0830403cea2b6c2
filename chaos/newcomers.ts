import type { Crowd } from './crowd.ts';
import type { Random } from './random.ts';

export interface NewcomersOptions {
  readonly crowd: Crowd;
  readonly random: Random;
  readonly onFailure: (device: string, error: unknown) => void;
}

const EVERY_MS = 15_000;

/** Now and then somebody signs up while things break, and begins a conversation with one who was there before. */
export function startArriving({ crowd, random, onFailure }: NewcomersOptions) {
  let arrived = 0;
  let arriving: Promise<void> | undefined;
  const arrive = async () => {
    const peer = random.pick(crowd.people.filter(({ peers }) => peers.length > 0));
    const person = await crowd.signUp(`Cleo${arrived + 1}`);
    arrived += 1;
    crowd.acquaint(person, peer);
    await crowd.addDevice(person, 'phone').start();
  };
  const timer = setInterval(() => {
    arriving ??= arrive()
      .catch((error: unknown) => onFailure('somebody new', error))
      .finally(() => {
        arriving = undefined;
      });
  }, EVERY_MS);
  return {
    arrived: () => arrived,
    async stop() {
      clearInterval(timer);
      await arriving;
    },
  };
}
