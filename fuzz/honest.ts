import { createPeople } from '../tests/people.ts';

/** Each of the two writes this often. */
const EVERY_MS = 250;
const LEAVE_MS = 3_000;

/**
 * Two people who know nothing of all this and go on talking, with the client library that the page uses. Every message
 * that one of them writes has to be seen by the other, in order.
 */
export async function startTalking(url: string) {
  await using opening = new AsyncDisposableStack();
  const people = opening.use(createPeople(url));
  const [alice, bob] = [await people.signUp('Alice'), await people.signUp('Bob')];
  const devices = [
    { device: await people.device(alice), peer: bob, seen: 0 },
    { device: await people.device(bob), peer: alice, seen: 0 },
  ];
  const delays: number[] = [];
  let written = 0;
  let over = false;

  const look = () => {
    for (const side of devices) {
      const held = side.device.held(side.peer);
      for (let message = held.messages.get(side.seen + 1); message; message = held.messages.get(side.seen + 1)) {
        side.seen += 1;
        if (message.senderId === side.peer.me.userId) delays.push(performance.now() - Number(message.content?.text.split(' ')[1]));
      }
    }
  };
  const looking = setInterval(look, 5);
  const talk = async () => {
    while (!over) {
      for (const { device, peer } of devices) await device.say(peer, `message ${performance.now()} ${++written}`);
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  };
  const talking = talk();
  const open = opening.move();

  return {
    /** What was seen since the last time this was asked: how many, and the longest that one took (ms). */
    sinceLast() {
      const some = delays.splice(0);
      return { seen: some.length, longestMs: Math.round(Math.max(0, ...some)) };
    },
    /** Stops writing, and answers with how many were written and how many are seen when all had time to arrive. */
    async finish(withinMs: number) {
      over = true;
      await talking;
      const texts = () => devices.map(({ device, peer }) => device.texts(peer));
      const deadline = performance.now() + withinMs;
      while (texts().some((all) => all.length < written) && performance.now() < deadline)
        await new Promise((resolve) => setTimeout(resolve, 50));
      const [hers = [], his = []] = texts();
      return { written, seen: Math.min(hers.length, his.length), sameOrder: hers.join('\n') === his.join('\n') };
    },
    async [Symbol.asyncDispose]() {
      over = true;
      clearInterval(looking);
      await talking;
      // With nobody there any more they would go on trying.
      await Promise.race([open[Symbol.asyncDispose](), new Promise((resolve) => setTimeout(resolve, LEAVE_MS))]);
    },
  };
}

export type Honest = Awaited<ReturnType<typeof startTalking>>;
