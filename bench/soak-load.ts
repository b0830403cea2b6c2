import { createRandom } from '../chaos/random.ts';
import { arrive, type Person } from './soak-person.ts';

/**
 * What people do, of a hundred things. More is written than in Mattermost's load test (a post is 7 % of what its people
 * do), for it is writing that could leave something behind; they come back as often per post (0.144) and read as much more.
 */
export const weights = {
  send: 30,
  typing: 8,
  edit: 2,
  react: 4,
  remove: 0.5,
  openConversation: 20,
  list: 8,
  versions: 6,
  changes: 4,
  search: 1,
  inbox: 2,
  people: 5,
  findPeople: 3,
  person: 2,
  reconnect: 4,
  signIn: 0.5,
} as const;
export type Action = keyof typeof weights;

const TICK_MS = 5;
/** After the last thing that somebody did: so long may the last message take. */
const ANSWERED_MS = 30_000;
const BETWEEN_MS = 1_000;
const RENEW_MS = 4 * 60_000;

export interface Counts {
  readonly done: Record<string, number>;
  /** By what they were refused with. */
  readonly refused: Record<string, number>;
  /** Requests that were answered with a fault of the platform: any 5xx but 503, which says to come again. */
  faults: number;
  /** Messages, however often each was said, and how many of them were refused. */
  sent: number;
  refusedMessages: number;
  /** Messages that the peer's device was shown, each once. */
  shown: number;
  /** From the intended moment to the peer's device (ms), since they were last taken. */
  delays: number[];
}

/** Pairs of people with a device each, who do what the weights say at a fixed rate, whatever the platform answers. */
export async function startLoad({ url, pairs, rate, seed }: { url: string; pairs: number; rate: number; seed: number }) {
  const random = createRandom(seed);
  const counts: Counts = { done: {}, refused: {}, faults: 0, sent: 0, refusedMessages: 0, shown: 0, delays: [] };
  const people: Person[] = [];
  while (people.length < 2 * pairs) {
    const [one, other] = await Promise.all([arrive(url, counts), arrive(url, counts)]);
    one.peer = other;
    other.peer = one;
    people.push(one, other);
  }
  const actions = Object.entries(weights).flatMap(([action, weight]) => Array<Action>(weight * 2).fill(action as Action));
  let over = false;
  let acted = 0;

  const loop = async () => {
    const begin = performance.now();
    while (!over) {
      const due = Math.floor(((performance.now() - begin) / 1000) * rate);
      for (; acted < due; acted++) {
        const action = random.pick(actions);
        counts.done[action] = (counts.done[action] ?? 0) + 1;
        random.pick(people).act(action, random, begin + (acted / rate) * 1000);
      }
      await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    }
  };
  const looping = loop();
  const renewing = setInterval(() => people.forEach((person) => void person.renew()), RENEW_MS);

  return {
    counts,
    /** Nobody begins anything more; over when every message was answered and shown, or when that takes too long. */
    async finish() {
      over = true;
      await looping;
      const late = performance.now() + ANSWERED_MS;
      while (counts.shown < counts.sent - counts.refusedMessages && performance.now() < late) {
        await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
        await Promise.all(people.map((person) => person.catchUp()));
      }
    },
    async [Symbol.asyncDispose]() {
      over = true;
      clearInterval(renewing);
      await looping;
      for (const person of people) person.leave();
    },
  };
}
