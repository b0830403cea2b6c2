import { type Message, messageRoutes, type Output, uuidv7 } from '@parley/common/contracts';
import { openDatabase } from '@parley/common/database';
import type { StartService } from '@parley/common/server';
import { startTcpProxy, testLog, until } from '@parley/common/testing';
import { expect, test } from 'vitest';
import type { Config } from '../src/config.ts';
import { startMessages } from '../src/service.ts';
import { openScene, type Person } from './cast.ts';

/** The service, with a wire to its database that can be cut. */
async function sceneOnWire() {
  const stack = new AsyncDisposableStack();
  const wire = stack.use(await startTcpProxy({ port: 5432, host: '127.0.0.1' }));
  const start: StartService<Config> = (config, world) => {
    const through = new URL(world.database.options.connectionString ?? '');
    through.hostname = '127.0.0.1';
    through.port = String(wire.port);
    const database = openDatabase({ url: through.href, name: 'through-wire', log: testLog, pool: 5 });
    stack.defer(() => database.end());
    return startMessages(config, { ...world, database });
  };
  const scene = await openScene({}, start);
  stack.use(scene);
  return { scene, wire, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

const words = (message: Message) => (message.content?.kind === 'text' ? message.content.text : null);
const publishAll = (from: Person, to: Person, texts: readonly string[]) =>
  Promise.all(
    texts.map((text) => from.publish('message.sent', to, { clientId: uuidv7(), content: { kind: 'text', text }, replyTo: null })),
  );

/** From the end to the beginning, page by page. */
async function everything(person: Person, peer: Person): Promise<Message[]> {
  const all: Message[] = [];
  let page: Output<typeof messageRoutes.history>;
  do {
    const before = all[0]?.seq;
    page = await person.ask(messageRoutes.history, { peerId: peer.userId, limit: 100, ...(before && { before }) });
    all.unshift(...page.messages);
  } while (page.hasBefore);
  return all;
}

test('[D1] [D7] while PostgreSQL is away nothing is ticked, and everything is when it is back, in order', async () => {
  await using made = await sceneOnWire();
  const { scene, wire } = made;
  const [alice, bob] = [await scene.arrive(), await scene.arrive()];
  await alice.send(bob, 'Before.');
  wire.cut();
  const told = scene.heard['socket-handler'].length;
  const texts = Array.from({ length: 50 }, (_, index) => `During ${index}`);
  await publishAll(alice, bob, texts);
  await expect(alice.ask(messageRoutes.history, { peerId: bob.userId, limit: 1 })).rejects.toMatchObject({ code: 'unavailable' });
  expect(scene.heard['socket-handler'].slice(told)).toEqual([]);
  wire.mend();
  await until(
    () =>
      scene.heard['socket-handler'].slice(told).flatMap(({ data }) => ('update' in data ? data.update.messages : [])).length >=
      texts.length,
    60_000,
  );
  const page = await bob.ask(messageRoutes.history, { peerId: alice.userId, limit: 100 });
  expect(page.messages.map(words)).toEqual(['Before.', ...texts]);
  expect(page.messages.map(({ seq }) => seq)).toEqual(page.messages.map((_, index) => index + 1));
});

test('[D2] [D3] [D7] connections that break at any moment lose, double and reorder nothing', async () => {
  await using made = await sceneOnWire();
  const { scene, wire } = made;
  const [alice, bob] = [await scene.arrive(), await scene.arrive()];
  const rounds = 12;
  const texts = Array.from({ length: rounds * 10 }, (_, index) => `${index}`);
  for (let round = 0; round < rounds; round++) {
    await publishAll(alice, bob, texts.slice(round * 10, round * 10 + 10));
    wire.drop();
  }
  const stored = await until(async () => {
    const all = await everything(alice, bob);
    return all.length >= texts.length && all;
  }, 60_000);
  expect(stored.map(words)).toEqual(texts);
  expect(stored.map(({ seq }) => seq)).toEqual(stored.map((_, index) => index + 1));
});
