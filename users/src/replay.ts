import { type AccountEvent, authRoutes, type EventData, events, messageRoutes } from '@parley/common/contracts';
import type { Ask } from '@parley/common/server';
import type { Pool } from 'pg';
import { keepBlocks } from './blocks.ts';
import { register, remove } from './people.ts';

export interface Replayed {
  readonly registered: number;
  readonly deleted: number;
  readonly blocks: number;
}

/**
 * Hears everything anew that the others have kept, into an empty database as well as into one that lacks something. What
 * people made of their profiles is users' own and stays as it is; of presence nobody can tell until the next event. What
 * happens meanwhile is in the queue of users, which keeps it also while no users runs.
 */
export async function replay(database: Pool, ask: Ask): Promise<Replayed> {
  const accounts = await replayAccounts(database, ask);
  return { ...accounts, blocks: await replayBlocks(database, ask) };
}

const EVENTS = 1_000;

/** From auth, which keeps its events for this. */
async function replayAccounts(database: Pool, ask: Ask) {
  const replayed = { registered: 0, deleted: 0 };
  for (let after: string | undefined; ; ) {
    const page = await ask(authRoutes.accountEvents, { limit: EVENTS, ...(after !== undefined && { after }) });
    const registered = page.events.filter(({ name }) => name === 'user.registered').map(registration);
    const deleted = page.events.filter(({ name }) => name === 'user.deleted').map(deletion);
    await register(database, registered, 'unknown');
    await remove(database, deleted);
    replayed.registered += registered.length;
    replayed.deleted += deleted.length;
    if (page.after === null) return replayed;
    after = page.after;
  }
}

const registration = ({ data }: AccountEvent): EventData<'user.registered'> => events['user.registered'].data.parse(data);
const deletion = ({ data }: AccountEvent): EventData<'user.deleted'> => events['user.deleted'].data.parse(data);

const PEOPLE = 200;
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** From messages, whose truth they are: person by person. Whatever was heard of a pair is newer. */
async function replayBlocks(database: Pool, ask: Ask): Promise<number> {
  let blocks = 0;
  for (let after = NOBODY; ; ) {
    const { rows } = await database.query<{ user_id: string }>(
      'SELECT user_id FROM people WHERE user_id > $1 AND name_key IS NOT NULL ORDER BY user_id LIMIT $2',
      [after, PEOPLE],
    );
    for (const { user_id: userId } of rows) {
      const blocked = await blockedBy(userId, ask);
      await keepBlocks(
        database,
        blocked.map((peerId) => ({ userId, peerId, number: 0, blocked: true })),
      );
      blocks += blocked.length;
    }
    const last = rows.at(-1);
    if (!last) return blocks;
    after = last.user_id;
  }
}

async function blockedBy(userId: string, ask: Ask): Promise<string[]> {
  const blocked: string[] = [];
  for (let after: string | undefined; ; ) {
    const { people } = await ask(messageRoutes.conversationPeers, { userIds: [userId], ...(after !== undefined && { after }) });
    const [page] = people;
    blocked.push(...(page?.peers ?? []).filter(({ blocks }) => blocks).map(({ peerId }) => peerId));
    if (!page || page.after === null) return blocked;
    after = page.after;
  }
}
