import { type SignedIn, setting, signedIn, testClock, testPlatform, until } from '@parley/common/testing';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { Conversations, startPod } from './cast.ts';
import { connect, type TestDevice } from './device.ts';

const platform = testPlatform();
const clock = testClock();
const conversations = new Conversations();
afterAll(() => platform[Symbol.asyncDispose]());

const PEOPLE = 4;
type Pod = Awaited<ReturnType<typeof startPod>>;
interface Held {
  readonly person: SignedIn;
  readonly pod: Pod;
  readonly device: TestDevice;
}

const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('come' as const), person: fc.nat(PEOPLE - 1), pod: fc.nat(1) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('go' as const), device: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 100, max: 12_000 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash' as const), pod: fc.nat(1) }) },
);

/** A pod ends without a word where pods can; in one process they can't, there it stops. */
async function end(pod: Pod) {
  await (setting === 'servers' ? pod.world.registry : pod)[Symbol.asyncDispose]();
}

async function run(steps: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[]) {
  const people = Array.from({ length: PEOPLE }, () => signedIn({ clock }));
  for (const one of people) for (const other of people) if (one !== other) conversations.between(one.userId, other.userId);
  const pods = [await startPod(platform, conversations, { clock }), await startPod(platform, conversations, { clock })] as [Pod, Pod];
  let held: Held[] = [];
  const leave = async (gone: readonly Held[]) => {
    held = held.filter((one) => !gone.includes(one));
    await Promise.all(gone.map(({ device }) => device[Symbol.asyncDispose]()));
  };

  for (const move of steps) {
    if (move.kind === 'come') {
      const [person, pod] = [people[move.person] as SignedIn, pods[move.pod] as Pod];
      held.push({ person, pod, device: await connect(pod.url, person) });
    } else if (move.kind === 'go') {
      await leave(held.slice(move.device, move.device + 1));
    } else if (move.kind === 'pass') {
      for (let passed = 0; passed < move.ms; passed += 500) {
        clock.advance(500);
        await new Promise(setImmediate);
      }
    } else {
      const pod = pods[move.pod] as Pod;
      await end(pod);
      await leave(held.filter((one) => one.pod === pod));
      pods[move.pod] = await startPod(platform, conversations, { clock });
    }
  }

  const truth = new Set(held.map(({ person }) => person.userId));
  const views = () =>
    held.map(({ person, device }) => people.filter((other) => other !== person).map(({ userId }) => device.presenceOf(userId)));
  const truths = () =>
    held.map(({ person }) => people.filter((other) => other !== person).map(({ userId }) => (truth.has(userId) ? 'online' : 'offline')));
  await until(() => {
    clock.advance(500);
    expect(views()).toEqual(truths());
    return true;
  });
  await leave(held);
  for (const pod of pods) await pod[Symbol.asyncDispose]();
}

test('[D9] whatever comes, goes and crashes: in the end everybody sees the truth', { timeout: 180_000 }, async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), run), { numRuns: 8, endOnFailure: true });
});
