import { join } from 'node:path';
import { userRoutes } from '@parley/common/contracts';
import pg from 'pg';
import { expect, test } from 'vitest';
import { privateFolder, runFile, signUp, start } from './parley.ts';

test('people who were lost are there again, from what auth has kept', async () => {
  using folder = privateFolder();
  await using parley = start({ data: folder.path });
  const url = await parley.url();
  await signUp(url, 'ada');
  const { visitor } = await signUp(url, 'bob');
  const names = async (visit: typeof visitor) => {
    const { people } = await visit.call(userRoutes.listPeople, { sort: 'name', direction: 'ascending', limit: 10 });
    return people.map(({ userName }) => userName);
  };
  await expect.poll(() => names(visitor)).toEqual(['ada', 'bob']);
  const client = new pg.Client({ host: join(folder.path, 'run'), user: 'parley', database: 'parley_users' });
  await client.connect();
  await client.query('TRUNCATE people CASCADE');
  await client.end();

  const rebuild = () => runFile(['platform/src/rebuild-users.ts'], { PARLEY_DATA: folder.path, DATABASE_URL: '' });
  await using tooEarly = rebuild();
  expect(await tooEarly.exited).toBe(1);
  expect(tooEarly.output).toContain('is in use by another Parley');
  await parley.stop();
  await using rebuilt = rebuild();
  expect(await rebuilt.exited).toBe(0);
  expect(rebuilt.output).toContain('2 accounts');

  await using again = start({ data: folder.path, port: Number(new URL(url).port) });
  await again.url();
  expect(await names(visitor)).toEqual(['ada', 'bob']);
});
