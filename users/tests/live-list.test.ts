import { byOnlineFirst, type EventData, type Fact, type Person, userRoutes } from '@parley/common/contracts';
import { until } from '@parley/common/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AT, enter, everybody, registered, startOne } from './cast.ts';

/** A list as a client keeps it: what it was shown, and what it was told since, by the numbers alone. */
function liveList(shown: readonly Person[]) {
  const people = new Map(shown.map((person) => [person.userId, person]));
  const gone = new Set<string>();
  const newcomer = ({ userId, userName, displayName }: EventData<'user.registered'>): Person => ({
    userId,
    userName,
    displayName,
    about: '',
    pictureId: null,
    profileNumber: 0,
    presence: 'offline',
    lastSeenAt: null,
    presenceNumber: 0,
  });
  const told = ({ name, data }: Fact) => {
    const { userId } = data as { userId: string };
    const known = people.get(userId);
    if (name === 'user.deleted') {
      gone.add(userId);
      people.delete(userId);
    } else if (name === 'user.registered' && !known && !gone.has(userId)) people.set(userId, newcomer(data));
    else if (name === 'user.updated' && known && data.number > known.profileNumber) {
      const { displayName, about, pictureId, number } = data;
      people.set(userId, { ...known, displayName, about, pictureId, profileNumber: number });
    } else if ((name === 'user.online' || name === 'user.offline') && known && data.number > known.presenceNumber) {
      people.set(userId, {
        ...known,
        presence: name === 'user.online' ? 'online' : 'offline',
        lastSeenAt: data.at,
        presenceNumber: data.number,
      });
    }
  };
  return { told, people: () => [...people.values()].sort(byOnlineFirst) };
}

const Happening = fc.record({
  what: fc.constantFrom('registers', 'renames', 'comes', 'goes', 'leaves'),
  who: fc.nat(),
  name: fc.constantFrom('Ann', 'Bob', 'Zoë', '王', 'émile'),
});

test('[D5] a list that was shown once and told every event since, in whatever order, is the list that is shown anew', async () => {
  await using users = await startOne();
  const { bus } = users.pod.world;
  const facts: Fact[] = [];
  await bus.hear({
    kind: 'shared',
    queue: `${users.platform.namespace}.client`,
    names: ['user.registered', 'user.updated', 'user.online', 'user.offline', 'user.deleted'],
    handle: async (batch) => void facts.push(...batch),
  });
  let number = 1;
  const happen = async ({ what, who, name }: { what: string; who: number; name: string }, ids: string[]) => {
    const userId = ids[who % ids.length] as string;
    number += 1;
    if (what === 'registers') {
      const somebody = registered({ displayName: name });
      ids.push(somebody.userId);
      await bus.publish('user.registered', somebody);
    } else if (what === 'renames') {
      const about = String(number);
      await enter(users.pod, userId)
        .browser.call(userRoutes.updateMe, { displayName: name, about })
        .catch(() => undefined);
    } else if (what === 'leaves') await bus.publish('user.deleted', { userId, number, at: AT });
    else await bus.publish(what === 'comes' ? 'user.online' : 'user.offline', { userId, number, at: AT });
  };

  await fc.assert(
    fc.asyncProperty(fc.array(Happening, { minLength: 1, maxLength: 12 }), fc.nat(), async (happenings, turn) => {
      const ids = (await users.register({ displayName: 'Ada' }, { displayName: 'Ben' }, { displayName: 'Cleo' })).map(
        ({ userId }) => userId,
      );
      const mine = (people: readonly Person[]) => people.filter(({ userId }) => ids.includes(userId));
      const shown = liveList(await everybody(users.visitor, { sort: 'online', limit: 5 }));
      const before = facts.length;
      for (const happening of happenings) await happen(happening, ids);
      await users.settled();
      const fresh = await until(async () => {
        const all = mine(await everybody(users.visitor, { sort: 'online', limit: 5 }));
        const updates = all.reduce((sum, { profileNumber }) => sum + profileNumber, 0);
        return (
          facts.filter(({ name, data }) => name === 'user.updated' && all.some(({ userId }) => userId === data.userId)).length >= updates &&
          all
        );
      });
      // A registration comes first: notifications tells of nobody whom it does not know.
      const since = facts.slice(before);
      const [first, rest] = [
        since.filter(({ name }) => name === 'user.registered'),
        since.filter(({ name }) => name !== 'user.registered'),
      ];
      for (const fact of [...first, ...rest.slice(turn % (rest.length || 1)), ...rest]) shown.told(fact);
      expect(mine(shown.people())).toEqual(fresh);
    }),
    { numRuns: 5, endOnFailure: true },
  );
});
