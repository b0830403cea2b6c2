import { openRabbitBus } from '@parley/common/bus';
import { limits } from '@parley/common/contracts';
import { hasRabbit, signedIn, startRabbitServer, type TestPlatform, testLog, testPlatform, until } from '@parley/common/testing';
import { expect, test } from 'vitest';
import { startSocketHandler } from '../src/service.ts';
import { type Client, connect, send } from './client.ts';
import { config, SHARDS } from './pods.ts';
import { openStore } from './store.ts';

/** A broker takes its time to start, and to come back. */
const PATIENCE_MS = 60_000;

test.runIf(hasRabbit)(
  '[D3] [D7] while RabbitMQ is away sockets stay, and what was written then is stored in its order when it is back',
  async () => {
    await using broker = await startRabbitServer();
    await using platform = testPlatform();
    await using bus = await openRabbitBus({ url: broker.url, log: testLog });
    const store = await openStore(platform, SHARDS, bus);
    const pod = await startOn(platform, broker.url);
    const [alice, bob] = [signedIn(), signedIn()];
    await using alices = await connect(pod.url, alice);
    await using bobs = await connect(pod.url, bob);
    const said = Array.from({ length: 150 }, (_, at) => send(bob, `${at + 1}`));
    await sendAll(alices, said.slice(0, 50));
    await until(() => bobs.saw('update').length === 50, PATIENCE_MS);

    // Its queues are younger than what it needs to survive a `kill`.
    await broker.stop();
    await until(async () => !(await pod.service.ready()), PATIENCE_MS);
    await sendAll(alices, said.slice(50));
    const refused = await until(() => alices.saw('refused').find(({ clientId }) => clientId === said[50]?.clientId), PATIENCE_MS);
    expect(refused).toMatchObject({ code: 'bus-away', retryAfter: expect.any(Number) });
    for (const device of [alices, bobs]) {
      device.say({ type: 'ping' });
      await device.see('pong');
    }

    await broker.start();
    await until(async () => await pod.service.ready(), PATIENCE_MS);
    for (const device of [alices, bobs]) await until(() => device.saw('resync').length > 0, PATIENCE_MS);
    await until(() => alices.saw('refused').length >= 100, PATIENCE_MS);
    await sendAll(alices, said.slice(50));
    await until(() => shown(bobs).length === said.length, PATIENCE_MS);
    expect(shown(bobs)).toEqual(said.map(({ content }) => content.text));
    expect([...new Set(store.sent.map(({ clientId }) => clientId))]).toEqual(said.map(({ clientId }) => clientId));
    // The same sockets all the time.
    expect(alices.saw('hello')).toHaveLength(1);
  },
  4 * PATIENCE_MS,
);

async function sendAll(client: Client, commands: readonly ReturnType<typeof send>[]) {
  for (let from = 0; from < commands.length; from += limits.framesPerMessage)
    client.say(...commands.slice(from, from + limits.framesPerMessage));
}

const shown = (client: Client) => [
  ...new Set(client.saw('update').flatMap(({ update }) => update.messages.map(({ content }) => content?.text))),
];

const startOn = (platform: TestPlatform, url: string) =>
  platform.start(
    'socket-handler',
    async (configuration, world) =>
      startSocketHandler(configuration, { ...world, bus: await openRabbitBus({ url, log: testLog, name: world.pod }) }),
    config(),
  );
