import { schemaDisagreements, testWorld } from '@parley/common/testing';
import { expect, test } from 'vitest';

test('schema.prisma says what the migrated database is', async () => {
  const migrations = new URL('../prisma/migrations', import.meta.url);
  await using made = await testWorld('messages', { migrations });
  expect(await schemaDisagreements(made.world.database, new URL('../prisma/schema.prisma', import.meta.url))).toEqual([]);
});
