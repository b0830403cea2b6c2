import { conversationIdOf, uuidv7 } from '@parley/common/contracts';
import { systemClock } from '@parley/common/server';
import { testWorld, until } from '@parley/common/testing';
import { expect, test } from 'vitest';
import { type Command, gather } from '../src/commands.ts';
import { createStore, warmUp } from '../src/store.ts';

const migrations = new URL('../prisma/migrations', import.meta.url);

test('[D2] [D3] a writer that takes over while the one before it still has its transaction open leaves no hole and no double', async () => {
  await using made = await testWorld('messages', { migrations });
  const { database } = made.world;
  const [senderId, peerId] = [uuidv7(), uuidv7()];
  const conversationId = conversationIdOf(senderId, peerId);
  await database.query('INSERT INTO people (user_id) VALUES ($1), ($2)', [senderId, peerId]);
  const sent = (text: string): Command => ({
    name: 'message.sent',
    data: { clientId: uuidv7(), conversationId, senderId, peerId, deviceId: '', content: { kind: 'text', text }, replyTo: null },
  });
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(sent) as [Command, Command, Command, Command];
  const options = { clock: systemClock, newConversations: 10 };
  await createStore({ database, ...options }).store(gather([a]));

  const old = await database.connect();
  await old.query('BEGIN');
  await createStore({ database: old as never, ...options }).store(gather([a, b, c]));
  // The batch was redelivered to another pod, with more behind it; it has to wait for what the first one does.
  const taken = createStore({ database, ...options }).store(gather([a, b, c, d]));
  await until(
    async () => (await database.query("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%store(%'")).rowCount,
  );
  await old.query('COMMIT');
  old.release();
  const { judged } = await taken;
  expect(judged.map((one) => (one.was === 'there' ? -one.row.seq : one.was === 'stored' ? one.seq : one.was))).toEqual([-1, -2, -3, 4]);
  const { rows } = await database.query("SELECT seq, version, content ->> 'text' AS text FROM messages ORDER BY seq");
  expect(rows).toEqual(['a', 'b', 'c', 'd'].map((text, index) => ({ seq: index + 1, version: index + 1, text })));

  const failing = await database.connect();
  await failing.query('BEGIN');
  const [e, f] = [sent('e'), sent('f')];
  await createStore({ database: failing as never, ...options }).store(gather([e]));
  const next = createStore({ database, ...options }).store(gather([e, f]));
  await until(
    async () => (await database.query("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%store(%'")).rowCount,
  );
  await failing.query('ROLLBACK');
  failing.release();
  expect((await next).judged).toMatchObject([
    { was: 'stored', seq: 5 },
    { was: 'stored', seq: 6 },
  ]);
});

test('[D3] writers that begin the same conversation at once number it once', async () => {
  await using made = await testWorld('messages', { migrations });
  const { database } = made.world;
  const people = Array.from({ length: 6 }, () => uuidv7());
  await database.query('INSERT INTO people (user_id) SELECT unnest($1::uuid[])', [people]);
  const store = createStore({ database, clock: systemClock, newConversations: 100 });
  const batch = () =>
    people.flatMap((senderId) =>
      people
        .filter((peerId) => peerId !== senderId)
        .map(
          (peerId): Command => ({
            name: 'message.sent',
            data: {
              clientId: uuidv7(),
              conversationId: conversationIdOf(senderId, peerId),
              senderId,
              peerId,
              deviceId: '',
              content: { kind: 'text', text: 'x' },
              replyTo: null,
            },
          }),
        ),
    );
  await Promise.all(Array.from({ length: 4 }, () => store.store(gather(batch()))));
  const { rows } = await database.query(
    'SELECT last_seq, version, (SELECT array_agg(seq ORDER BY seq) FROM messages m WHERE m.conversation_id = c.conversation_id) AS seqs FROM conversations c',
  );
  expect(rows).toHaveLength(15);
  for (const row of rows) expect(row).toEqual({ last_seq: 8, version: 8, seqs: [1, 2, 3, 4, 5, 6, 7, 8] });
});

test('a connection is warmed up by storing nothing', async () => {
  await using made = await testWorld('messages', { migrations });
  const client = await made.world.database.connect();
  await warmUp(client);
  const { rows } = await client.query("SELECT generic_plans + custom_plans AS plans FROM pg_prepared_statements WHERE name = 'store'");
  const { rows: stored } = await client.query('SELECT FROM conversations UNION ALL SELECT FROM messages UNION ALL SELECT FROM people');
  client.release();
  expect([rows.map(({ plans }) => Number(plans)), stored]).toEqual([[1], []]);
});
