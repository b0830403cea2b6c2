import { migrate } from '@parley/common/database';
import { schemaDisagreements, testDatabase, testLog } from '@parley/common/testing';
import { expect, test } from 'vitest';

test.each(['auth', 'users', 'messages', 'notifications'])('the schema of %s and its migrated database agree', async (service) => {
  const folder = new URL(`../${service}/prisma/`, import.meta.url);
  await using database = await testDatabase(testLog);
  await migrate(database.pool, new URL('migrations/', folder));
  expect(await schemaDisagreements(database.pool, new URL('schema.prisma', folder))).toEqual([]);
});
