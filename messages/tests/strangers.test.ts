import { conversationIdOf, hearersOf, messageRoutes, ParleyError, shardOf, updateFor, uuidv7 } from '@parley/common/contracts';
import { testClock, testWorld, until } from '@parley/common/testing';
import { expect, test } from 'vitest';
import type { Command } from '../src/commands.ts';
import { apply } from '../src/consumers.ts';
import type { Outcome } from '../src/outcomes.ts';
import { startMessages } from '../src/service.ts';
import { createStore } from '../src/store.ts';
import { createStrangers } from '../src/strangers.ts';
import { type Accounts, askAuth, config, openScene, type Person, type Scene } from './cast.ts';

const migrations = new URL('../prisma/migrations', import.meta.url);
const texts = Array.from({ length: 30 }, (_, index) => `line ${index}`);
const at = '2026-01-01T00:00:00.000Z';

const publish = (from: Person, to: Person, text: string) =>
  from.publish('message.sent', to, { content: { kind: 'text', text }, replyTo: null });
const refused = (scene: Scene) => scene.heard['socket-handler'].filter(({ name }) => name === 'message.refused');
const told = (scene: Scene) =>
  scene.heard['socket-handler'].flatMap(({ data }) => ('update' in data ? data.update.messages : [])).map(({ content }) => content?.text);
const read = async (me: Person, peer: Person) =>
  (await me.ask(messageRoutes.history, { peerId: peer.userId, limit: 100 })).messages.map(({ seq, content }) => [seq, content?.text]);
const inOrder = texts.map((text, index) => [index + 1, text]);

test('[D3] what is sent to somebody whose registration is on its way is stored, in order with what follows', async () => {
  await using scene = await openScene({}, undefined, async (userIds) => ({ known: [...userIds], gone: [] }));
  const [alice, bob, carol] = [await scene.arrive(), await scene.stranger(), await scene.stranger()];
  await Promise.all(texts.flatMap((text) => [publish(alice, bob, text), publish(alice, carol, text)]));
  await until(() => told(scene).length === 2 * texts.length);
  expect(await read(bob, alice)).toEqual(inOrder);
  expect(await read(carol, alice)).toEqual(inOrder);
  expect(refused(scene)).toEqual([]);

  await scene.bus.publish('user.deleted', { userId: bob.userId, number: 2, at });
  await until(async () => (await alice.ask(messageRoutes.conversation, { peerId: bob.userId })).closed);
  expect(await alice.send(bob, 'Still there?')).toMatchObject({ code: 'person-gone' });
});

test('[D3] while auth does not answer the shard waits, and then all of it is stored in order', async () => {
  let asked = 0;
  let away = true;
  const accounts: Accounts = async (userIds) => {
    asked += 1;
    if (away) throw new ParleyError('unavailable');
    return { known: [...userIds], gone: [] };
  };
  await using scene = await openScene({}, undefined, accounts);
  const [alice, bob] = [await scene.arrive(), await scene.stranger()];
  await publish(alice, bob, texts[0] as string);
  await until(() => asked > 1);
  await Promise.all(texts.slice(1).map((text) => publish(alice, bob, text)));
  expect(scene.heard['socket-handler']).toEqual([]);
  away = false;
  await until(() => told(scene).length === texts.length);
  expect(await read(bob, alice)).toEqual(inOrder);
  expect(refused(scene)).toEqual([]);
});

test('[D7] what was stored while the rest of its batch waits for auth is told with it', async () => {
  let asked = 0;
  let away = true;
  const accounts: Accounts = async (userIds) => {
    asked += 1;
    if (away) throw new ParleyError('unavailable');
    return { known: [...userIds], gone: [] };
  };
  await using scene = await openScene({}, undefined, accounts);
  const [alice, bob] = [await scene.arrive(), await scene.arrive()];
  await alice.send(bob, 'Did you read this?');
  const shard = (peer: Person) => shardOf(conversationIdOf(alice.userId, peer.userId), config.shards);
  let carol = await scene.stranger();
  while (shard(carol) !== shard(bob)) carol = await scene.stranger();
  const since = scene.heard['socket-handler'].length;
  await Promise.all([bob.publish('message.read', alice, { seq: 1 }), publish(alice, carol, 'Hello.')]);
  await until(() => asked > 1);
  away = false;
  const marks = () =>
    scene.heard['socket-handler'].slice(since).flatMap(({ data }) => {
      const isAlices = 'update' in data && hearersOf(data).includes(alice.userId);
      return isAlices ? [updateFor(data, alice.userId).marks?.[bob.userId]] : [];
    });
  await until(() => marks().some((mark) => mark?.read === 1));
});

test('[D3] [D7] what waits for auth when its pod dies is stored by the next one, in order', async () => {
  let asked = 0;
  const away: Accounts = async () => {
    asked += 1;
    throw new ParleyError('unavailable');
  };
  await using scene = await openScene({}, undefined, away);
  const [alice, bob] = [await scene.arrive(), await scene.stranger()];
  for (const text of texts) await publish(alice, bob, text);
  await until(() => asked > 0);
  await scene.pod[Symbol.asyncDispose]();
  expect(scene.heard['socket-handler']).toEqual([]);
  const next = await scene.platform.start('messages', startMessages, config, {
    ask: askAuth(async (userIds) => ({ known: [...userIds], gone: [] })),
  });
  await until(() => told(scene).length === texts.length);
  expect(told(scene)).toEqual(texts);
  const { rows } = await next.world.database.query("SELECT seq, content ->> 'text' AS text FROM messages ORDER BY seq");
  expect(rows.map(({ seq, text }) => [seq, text])).toEqual(inOrder);
});

test('[D3] what waits for auth goes on as soon as the registration arrives', async () => {
  let asked = 0;
  const accounts: Accounts = async () => {
    asked += 1;
    throw new ParleyError('unavailable');
  };
  await using scene = await openScene({}, undefined, accounts);
  const [alice, bob] = [await scene.arrive(), await scene.stranger()];
  await publish(alice, bob, 'Welcome!');
  await until(() => asked > 0);
  await scene.bus.publish('user.registered', { userId: bob.userId, number: 1, userName: 'bob', displayName: 'Bob', at });
  await until(() => told(scene).length === 1);
  expect(refused(scene)).toEqual([]);
});

test('an unknown person is refused for good, and so is one who is gone before anything was heard of them', async () => {
  const gone: string[] = [];
  await using scene = await openScene({}, undefined, async () => ({ known: [], gone }));
  const [alice, bob, nobody] = [await scene.arrive(), await scene.stranger(), { userId: uuidv7() } as Person];
  expect(await alice.send(nobody, 'Anybody?')).toMatchObject({ code: 'person-not-found' });
  gone.push(bob.userId);
  expect(await alice.send(bob, 'Anybody?')).toMatchObject({ code: 'person-gone' });
  await scene.bus.publish('user.registered', { userId: bob.userId, number: 1, userName: 'bob', displayName: 'Bob', at });
  await scene.arrive();
  expect(await alice.send(bob, 'Anybody?')).toMatchObject({ code: 'person-gone' });
});

/** The service without its doors: batches are as a test makes them. */
async function workshop(accounts: Accounts, newConversations = 100) {
  const clock = testClock();
  const made = await testWorld('messages', { migrations, clock, ask: askAuth(accounts) });
  const { database } = made.world;
  const outcomes: Outcome[] = [];
  const applying = {
    store: createStore({ database, clock, newConversations }),
    strangers: createStrangers(made.world),
    announce: async (told: readonly Outcome[]) => void outcomes.push(...told),
    touched: () => {},
    erase: async () => {},
    remind: async () => [],
    measures: { begin: () => () => {} },
    clock,
  };
  return { clock, database, applying, outcomes, [Symbol.asyncDispose]: () => made[Symbol.asyncDispose]() };
}

const sent = (senderId: string, peerId: string, text: string): Command => ({
  name: 'message.sent',
  data: {
    clientId: uuidv7(),
    conversationId: conversationIdOf(senderId, peerId),
    senderId,
    peerId,
    deviceId: '',
    content: { kind: 'text', text },
    replyTo: null,
  },
});

test('[D3] two who write to each other before either is known begin one conversation, and what else is in their batch is told with it', async () => {
  await using shop = await workshop(async (userIds) => ({ known: [...userIds], gone: [] }));
  const [alice, bob, carol] = [uuidv7(), uuidv7(), uuidv7()];
  await apply([sent(alice, carol, 'a'), sent(alice, bob, 'b'), sent(bob, alice, 'c'), sent(alice, bob, 'd')], shop.applying);
  const { rows } = await shop.database.query(
    "SELECT seq, content ->> 'text' AS text FROM messages WHERE conversation_id = $1 ORDER BY seq",
    [conversationIdOf(alice, bob)],
  );
  expect(rows).toEqual(['b', 'c', 'd'].map((text, index) => ({ seq: index + 1, text })));
  expect(shop.outcomes.map(({ name }) => name)).toEqual(['message.stored', 'message.stored']);
});

test('who else is in a batch keeps nobody from beginning a conversation that they may begin', async () => {
  await using shop = await workshop(async () => ({ known: [], gone: [] }), 1);
  const [alice, bob, carol, dave, nobody] = [uuidv7(), uuidv7(), uuidv7(), uuidv7(), uuidv7()];
  await shop.database.query('INSERT INTO people (user_id) SELECT unnest($1::uuid[])', [[alice, bob, carol, dave]]);
  const became = async (...commands: Command[]) => {
    const since = shop.outcomes.length;
    await apply(commands, shop.applying);
    return shop.outcomes
      .slice(since)
      .map(({ data }) => ('code' in data ? data.code : 'update' in data && data.update.messages[0]?.content?.text));
  };
  // One conversation a day, and writing to nobody is none.
  expect(await became(sent(alice, nobody, 'a'), sent(alice, carol, 'b'))).toEqual(['person-not-found', 'b']);
  // She may not begin another one; he may.
  expect(await became(sent(alice, bob, 'c'), sent(bob, alice, 'd'))).toEqual(['too-many-conversations', 'd']);
  expect(await became(sent(alice, bob, 'e'), sent(alice, dave, 'f'))).toEqual(['e', 'too-many-conversations']);
});

test('[D3] news of somebody that comes while a message to them is being stored does not count as one conversation too many', async () => {
  await using shop = await workshop(async () => ({ known: [], gone: [] }));
  const [alice, bob] = [uuidv7(), uuidv7()];
  const { store } = shop.applying;
  // What the function says when it begins the conversation before the news, and judges the message after.
  let late = true;
  const storing: typeof store.store = async (gathering) => {
    const stored = await store.store(gathering);
    if (!late) return stored;
    late = false;
    await shop.database.query('INSERT INTO people (user_id) VALUES ($1)', [bob]);
    return { ...stored, judged: stored.judged.map(() => ({ was: 'refused', code: 'too-many-conversations' })) };
  };
  await apply([sent(alice, bob, 'a'), sent(alice, bob, 'b')], { ...shop.applying, store: { ...store, store: storing } });
  expect(shop.outcomes).toMatchObject([{ name: 'message.stored', data: { update: { messages: [{ seq: 1 }, { seq: 2 }] } } }]);
});

test('for an id that auth does not know it is not asked again for a while', async () => {
  const asked: string[][] = [];
  await using shop = await workshop(async (userIds) => {
    asked.push([...userIds]);
    return { known: [], gone: [] };
  });
  const [alice, nobody, noOne] = [uuidv7(), uuidv7(), uuidv7()];
  const refusals = () => shop.outcomes.map(({ data }) => ('code' in data ? data.code : undefined));
  await apply([sent(alice, nobody, 'a'), sent(alice, nobody, 'b')], shop.applying);
  await apply([sent(alice, nobody, 'c'), sent(alice, noOne, 'd')], shop.applying);
  expect(asked).toEqual([[nobody], [noOne]]);
  shop.clock.advance(10_000);
  await apply([sent(alice, nobody, 'e')], shop.applying);
  expect(asked).toEqual([[nobody], [noOne], [nobody]]);
  expect(refusals()).toEqual(Array.from({ length: 5 }, () => 'person-not-found'));
});
