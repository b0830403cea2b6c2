import { expect } from 'vitest';
import { ParleyError } from '../../contracts/index.ts';
import { until } from '../../testing/until.ts';
import { Away, type Heard, Poison } from '../bus.ts';
import { numberOf, registered, sent, upTo } from './examples.ts';
import { type Case, memory } from './ground.ts';

export function failures(holds: Case) {
  holds('a handler that fails n times and then succeeds is given the same facts in the same order', async (ground) => {
    const bus = await ground.pod();
    const [tried, heard] = [memory(), memory()];
    const handle = async (batch: readonly Heard[]) => {
      tried.take(batch);
      if (tried.batches.length <= 3) throw new Error('not yet');
      heard.take(batch);
    };
    await bus.hear({ kind: 'shared', queue: 'users', names: ['user.registered'], attempts: 4, handle });
    await Promise.all(upTo(20).map((number) => bus.publish('user.registered', registered(number))));
    await until(() => heard.numbers.length === 20);
    expect(heard.numbers).toEqual(upTo(20));
    expect(tried.batches[1]).toEqual(tried.batches[0]);
    expect(await bus.deadLetters.list('users')).toEqual([]);
  });

  holds('a queue whose store is away pauses for as long as it takes and then goes on', async (ground) => {
    const bus = await ground.pod();
    const heard = memory();
    let away = true;
    let tries = 0;
    const handle = async (batch: readonly Heard[]) => {
      tries++;
      if (away) throw new Away('the database is away');
      heard.take(batch);
    };
    const hearer = await bus.hear({ kind: 'shared', queue: 'users', names: ['user.registered'], attempts: 2, handle });
    expect(hearer.hearing).toBe(true);
    await Promise.all(upTo(10).map((number) => bus.publish('user.registered', registered(number))));
    await until(() => tries >= 4 && !hearer.hearing);
    await Promise.all(upTo(20, 11).map((number) => bus.publish('user.registered', registered(number))));
    away = false;
    await until(() => heard.numbers.length === 20);
    expect(heard.numbers).toEqual(upTo(20));
    await until(() => hearer.hearing);
    expect(await bus.deadLetters.list('users')).toEqual([]);
  });

  holds('a handler that could not publish keeps its batch', async (ground) => {
    const bus = await ground.pod();
    const heard = memory();
    let tries = 0;
    const handle = async (batch: readonly Heard[]) => {
      if (++tries <= 3) throw new ParleyError('bus-full', { retryAfter: 1 });
      heard.take(batch);
    };
    await bus.hear({ kind: 'shared', queue: 'users', names: ['user.registered'], attempts: 1, handle });
    await bus.publish('user.registered', registered(1));
    await until(() => heard.numbers.length === 1);
    expect(await bus.deadLetters.list('users')).toEqual([]);
  });

  holds('a poisonous fact alone goes to the dead letters, its neighbours are handled in order', async (ground) => {
    const bus = await ground.pod();
    const heard = memory();
    const dead: { number: number; reason: unknown; safe: boolean }[] = [];
    const handle = async (batch: readonly Heard[]) => {
      if (batch.some((fact) => [7, 8, 30].includes(numberOf(fact)))) throw new Poison('can never be stored');
      heard.take(batch);
    };
    const onDead = async (fact: Heard, reason: unknown) => {
      const letters = await bus.deadLetters.list('messages.shard.0');
      const safe = letters.some(({ body }) => numberOf(body as Heard) === numberOf(fact));
      dead.push({ number: numberOf(fact), reason, safe });
    };
    await bus.hear({ kind: 'shards', queue: 'messages', shards: 1, names: ['message.sent'], handle, onDead });
    await Promise.all(upTo(40).map((number) => bus.publish('message.sent', sent(number), { to: { shard: 0 } })));
    await until(() => heard.numbers.length === 37);
    expect(heard.numbers).toEqual(upTo(40).filter((number) => ![7, 8, 30].includes(number)));
    expect(dead.map(({ number, safe }) => ({ number, safe }))).toEqual([7, 8, 30].map((number) => ({ number, safe: true })));
    expect(dead[0]?.reason).toBeInstanceOf(Poison);
  });

  holds('a fact that its handler can not take for no known reason is dead after its attempts', async (ground) => {
    const bus = await ground.pod();
    const heard = memory();
    let tries = 0;
    const handle = async (batch: readonly Heard[]) => {
      if (batch.some((fact) => numberOf(fact) === 1)) {
        tries++;
        throw new TypeError('a bug');
      }
      heard.take(batch);
    };
    await bus.hear({ kind: 'shared', queue: 'users', names: ['user.registered'], attempts: 3, handle });
    await bus.publish('user.registered', registered(1));
    await bus.publish('user.registered', registered(2));
    await until(() => heard.numbers.length === 1);
    expect(tries).toBeGreaterThanOrEqual(3);
    expect(await bus.deadLetters.list()).toMatchObject([
      { queue: 'users', body: { name: 'user.registered', data: registered(1) }, reason: expect.stringContaining('a bug') },
    ]);
  });
}
