import type { Bus, Heard } from '@parley/common/bus';
import { lastingQueues } from '@parley/common/contracts';
import { asHearing } from '@parley/common/database';
import type { Pool } from 'pg';
import { block } from './blocks.ts';
import type { PageCache } from './page-cache.ts';
import { register, remove } from './people.ts';
import { move } from './presence.ts';

type Name = (typeof lastingQueues.users)[number];

/** Facts stored in one go. */
const BATCH = 500;

export const hearUsers = (bus: Bus, database: Pool, pages: PageCache) =>
  bus.hear({
    kind: 'shared',
    queue: 'users',
    names: lastingQueues.users,
    batch: BATCH,
    handle: (batch) =>
      take(database, pages, batch).catch((error: unknown) => {
        throw asHearing(error);
      }),
  });

/** Each kind by itself: the numbers decide what is newer, so that the order between them tells nothing. */
async function take(database: Pool, pages: PageCache, batch: readonly Heard<Name>[]) {
  const registered = batch.filter((fact) => fact.name === 'user.registered').map(({ data }) => data);
  const deleted = batch.filter((fact) => fact.name === 'user.deleted').map(({ data }) => data);
  const moved = batch.filter((fact) => fact.name === 'user.online' || fact.name === 'user.offline');
  const blocks = batch.filter((fact) => fact.name === 'person.blocked' || fact.name === 'person.unblocked');
  await register(database, registered, 'offline');
  await move(database, moved);
  await block(database, blocks);
  await remove(database, deleted);
  // Also when nothing was new: the pod that stored them may have died before it came to this.
  if (registered.length + deleted.length > 0) await pages.changed();
}
