import { pino } from 'pino';
import { expect, test } from 'vitest';
import { testDatabase } from '../../testing/database.ts';
import { type DeadLetter, openEmbeddedBus } from '../index.ts';
import { conform } from './conformance.ts';
import type { Ground } from './ground.ts';

const log = pino({ enabled: false });

async function embeddedGround(): Promise<Ground> {
  const database = await testDatabase(log);
  const open = () => openEmbeddedBus({ database: database.pool, log, thorough: true });
  let bus = await open();
  return {
    pod: async () => bus,
    async restart() {
      await bus[Symbol.asyncDispose]();
      bus = await open();
      return bus;
    },
    async inject(queue, body) {
      // As dead letters that are sent again: the one way into a queue that is not a publication.
      for (const entry of body) {
        await database.pool.query(`insert into bus.dead_letters (queue, fact, reason) values ($1, $2, 'injected')`, [
          queue,
          JSON.stringify(entry),
        ]);
      }
      await bus.deadLetters.redrive(queue);
    },
    async [Symbol.asyncDispose]() {
      await bus[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

conform('embedded', embeddedGround);

test('[embedded] an erasure finds what its author deleted behind however many dead letters', async () => {
  await using database = await testDatabase(log);
  await using bus = await openEmbeddedBus({ database: database.pool, log });
  await database.pool.query(
    `insert into bus.dead_letters (queue, fact, reason)
     select case when number > 10000 then 'users' else 'messages' end, jsonb_build_object('number', number), '' from generate_series(1, 10001) as number`,
  );
  const isLast = ({ body }: DeadLetter) => (body as { number: number }).number === 10_001;
  expect((await bus.deadLetters.list()).filter(isLast)).toHaveLength(1);
  expect(await bus.deadLetters.erase(isLast)).toBe(1);
  expect(await bus.deadLetters.list('users')).toEqual([]);
  expect(await bus.deadLetters.list('messages')).toHaveLength(10_000);
});
