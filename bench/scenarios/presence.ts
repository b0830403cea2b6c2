import { conversationIdOf, membersOf } from '@parley/common/contracts';
import pg from 'pg';
import { inTurns, round } from '../load.ts';
import { openSocket, type Parley } from '../systems/parley.ts';
import type { Scenario } from './scenario.ts';

const AT_ONCE = 100;
/** Everybody who comes is known to so many who are there. */
const FRIENDS = 20;

/** A thousand people come at once and go at once, before a thousand who each know twenty of them. */
export const presence: Scenario = {
  name: 'presence',
  title: 'a thousand people come and go at once',
  of: 'parley',
  async measure(system, { quick, tell }) {
    const crowd = quick ? 100 : 1_000;
    await system.people(2 * crowd);
    await introduce(system, crowd);
    const told = { online: createCount(), offline: createCount() };
    const shown = createCount();
    // Whoever comes before a watcher was shown the others is in what it is shown, and no news.
    const allShown = shown.reaches(crowd);
    const watchers = await inTurns(crowd, AT_ONCE, (watcher) =>
      openSocket(system.port, '/ws/notifications', system.headersOf(watcher), {
        text(payload) {
          if (!payload.includes('"presence"')) return;
          const frames = [JSON.parse(payload.toString())].flat() as {
            type: string;
            snapshot?: true;
            people?: { userId: string; state: 'online' | 'offline' }[];
          }[];
          for (const { type, people = [], snapshot } of frames) {
            if (type !== 'presence') continue;
            if (snapshot) shown.add(`${watcher}`);
            else for (const { userId, state } of people) told[state].add(`${watcher} ${userId}`);
          }
        },
      }),
    );
    await allShown;
    const seconds = async (count: ReturnType<typeof createCount>, happens: () => unknown) => {
      const begun = performance.now();
      const all = count.reaches(crowd * FRIENDS);
      await happens();
      await all;
      return round((performance.now() - begun) / 1_000);
    };
    let comers: { close(): void }[] = [];
    const onlineSeconds = await seconds(told.online, async () => {
      comers = await inTurns(crowd, crowd, (index) => openSocket(system.port, '/ws/notifications', system.headersOf(crowd + index), {}));
    });
    const offlineSeconds = await seconds(told.offline, () => {
      for (const { close } of comers) close();
    });
    for (const watcher of watchers) watcher.close();
    const figures = { people: crowd, told: crowd * FRIENDS, onlineSeconds, offlineSeconds };
    tell(JSON.stringify(figures));
    return figures;
  },
};

/** Counts each thing once: one that is told twice must not stand for one that is not told. */
function createCount() {
  const counted = new Set<string>();
  let wanted = Number.POSITIVE_INFINITY;
  let done = () => {};
  return {
    add(thing: string) {
      counted.add(thing);
      if (counted.size >= wanted) done();
    },
    reaches(number: number) {
      counted.clear();
      wanted = number;
      return new Promise<void>((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`${counted.size} of ${wanted} were told within two minutes`)), 120_000);
        done = () => {
          clearTimeout(late);
          resolve();
        };
      });
    },
  };
}

/** Conversations in which something is said to have been said, which is all that being told of each other takes. */
async function introduce(system: Parley, crowd: number) {
  const idOf = (person: number) => system.accounts[person]?.userId as string;
  const pairs = Array.from({ length: crowd * FRIENDS }, (_, index) => {
    const comer = Math.floor(index / FRIENDS);
    return [idOf(crowd + comer), idOf((comer + (index % FRIENDS)) % crowd)] as const;
  });
  const members = pairs.map(([one, other]) => membersOf(one, other));
  const values = [
    pairs.map(([one, other]) => conversationIdOf(one, other)),
    members.map(([first]) => first),
    members.map(([, second]) => second),
  ];
  const client = new pg.Client({ connectionString: system.url('parley_messages') });
  await client.connect();
  await client.query(
    `INSERT INTO conversations (conversation_id, first_id, second_id, started_by, started_at, version, last_seq, first_active_at, second_active_at)
     SELECT id, a, b, a, now(), 1, 1, now(), now() FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS c (id, a, b)`,
    values,
  );
  await client.query(
    `INSERT INTO members (conversation_id, user_id, peer_id) SELECT conversation_id, first_id, second_id FROM conversations
     UNION ALL SELECT conversation_id, second_id, first_id FROM conversations`,
  );
  await client.end();
}
