import { randomUUID } from 'node:crypto';
import { type EventData, type Person, type Profile, userRoutes } from '@parley/common/contracts';
import {
  type SignedIn,
  setting,
  signedIn,
  TEST_ORIGIN,
  type TestPod,
  type TestWorldOptions,
  testPlatform,
  until,
  type Visitor,
  visitor,
} from '@parley/common/testing';
import { startUsers } from '../src/service.ts';

export const config = { allowedOrigins: [TEST_ORIGIN], trustedProxies: [] };
export const AT = '2026-01-01T00:00:00.000Z';

type Names = Partial<Pick<Profile, 'userId' | 'userName' | 'displayName'>>;

/** As auth tells of somebody new. */
export const registered = ({
  userId = randomUUID(),
  displayName = 'Ada Lovelace',
  userName = `user-${userId.slice(0, 8)}`,
}: Names = {}): EventData<'user.registered'> => ({ userId, number: 1, userName, displayName, at: AT });

export interface Somebody extends SignedIn {
  readonly browser: Visitor;
}

export type Users = Awaited<ReturnType<typeof startOne>>;

/** A pod of users, what is told to it, and a visitor who may ask it. */
export async function startOne(options?: TestWorldOptions) {
  const platform = testPlatform();
  const pod = await platform.start('users', startUsers, config, options);
  return { platform, pod, ...told(pod), visitor: enter(pod), [Symbol.asyncDispose]: () => platform[Symbol.asyncDispose]() };
}

const told = ({ world }: TestPod) => {
  /** Leaving is what a batch does last; the tombstone of a stranger is in no list. */
  const taken = async () => {
    const userId = randomUUID();
    await world.bus.publish('user.deleted', { userId, number: 1, at: AT });
    await until(async () => (await world.database.query('SELECT 1 FROM people WHERE user_id = $1', [userId])).rowCount);
  };
  /** What was told before this has been taken, and the batch of it is over: the next one has been begun. */
  const settled = async () => {
    await taken();
    await taken();
  };
  return {
    settled,
    async register<const N extends readonly Names[]>(...names: N) {
      const people = names.map(registered);
      await Promise.all(people.map((person) => world.bus.publish('user.registered', person)));
      await settled();
      return people as { [K in keyof N]: EventData<'user.registered'> };
    },
    async move(userId: string, name: 'user.online' | 'user.offline', number: number, hidesLastSeen = false) {
      await world.bus.publish(name, { userId, number, at: AT, ...(hidesLastSeen && { hidesLastSeen }) });
    },
    async decide(userId: string, name: 'person.blocked' | 'person.unblocked', peerId: string, number: number) {
      await world.bus.publish(name, { userId, peerId, number, at: AT });
    },
    async remove(userId: string, number = 2) {
      await world.bus.publish('user.deleted', { userId, number, at: AT });
      await settled();
    },
  };
};

/** Somebody signed in; of whom nobody has heard, if they were not registered. */
export function enter(pod: TestPod, userId?: string): Somebody {
  const session = signedIn(userId === undefined ? {} : { userId });
  return { ...session, browser: visitor(pod.url, { cookie: session.cookie }) };
}

export const find = async ({ browser }: Somebody, userId: string): Promise<Person | undefined> =>
  (await browser.call(userRoutes.profiles, { userIds: [userId] })).people[0];

type Listing = { sort?: 'online' | 'name'; direction?: 'ascending' | 'descending'; limit?: number };

/** One page; as a browser asks for it. */
export const page = ({ browser }: Somebody, { sort = 'name', direction = 'ascending', limit = 50 }: Listing = {}, after?: string | null) =>
  browser.call(userRoutes.listPeople, { sort, direction, limit, ...(after && { after }) });

/** Page by page to the end; `between` may change the world. */
export async function everybody(
  somebody: Somebody,
  listing?: Listing,
  between: (shown: Person[]) => unknown = () => {},
): Promise<Person[]> {
  const shown: Person[] = [];
  let after: string | null = null;
  do {
    const next = await page(somebody, listing, after);
    shown.push(...next.people);
    after = next.after;
    await between(shown);
  } while (after !== null);
  return shown;
}

export const search = async ({ browser }: Somebody, q: string, limit = 50) => browser.call(userRoutes.searchPeople, { q, limit });
export const names = (people: readonly Person[]) => people.map(({ displayName }) => displayName);

export { setting };
