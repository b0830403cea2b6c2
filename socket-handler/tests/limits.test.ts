import type { Bus } from '@parley/common/bus';
import { closeCodes, limits, ParleyError, uuidv7 } from '@parley/common/contracts';
import { type SignedIn, signedIn, type TestPlatform, testClock, testPlatform, until } from '@parley/common/testing';
import { expect, test } from 'vitest';
import { startSocketHandler } from '../src/service.ts';
import { type Client, connect, send } from './client.ts';
import { config, SHARDS, startPod } from './pods.ts';
import { openStore } from './store.ts';

const messages = (to: SignedIn, count: number) => Array.from({ length: count }, (_, at) => send(to, `${at + 1}`));
const ids = (sent: readonly { clientId: string }[]) => sent.map(({ clientId }) => clientId);

/** What a client does with what was refused to be tried again: when all is answered, all of it, in the order it was written. */
async function sendUntilStored(client: Client, commands: ReturnType<typeof messages>, stored: () => readonly string[]) {
  for (;;) {
    const left = commands.filter(({ clientId }) => !stored().includes(clientId));
    if (left.length === 0) return;
    const refusals = client.saw('refused').length;
    for (let from = 0; from < left.length; from += limits.framesPerMessage) client.say(...left.slice(from, from + limits.framesPerMessage));
    await until(() => {
      const refused = ids(client.saw('refused').slice(refusals));
      return left.every(({ clientId }) => stored().includes(clientId) || refused.includes(clientId));
    });
  }
}

test('[D3] messages that come too fast are refused for now, all of those behind too, and their order stays', async () => {
  await using platform = testPlatform();
  const store = await openStore(platform, SHARDS);
  const { url } = await startPod(platform, { framesPerSocket: { burst: 5, perSecond: 100 }, patience: { burst: 1_000_000, perSecond: 1 } });
  const bob = signedIn();
  await using client = await connect(url, signedIn());
  const said = messages(bob, 60);

  client.say(...said);
  const first = await client.see('refused');
  expect(first).toMatchObject({ clientId: said[5]?.clientId, code: 'rate-limited', retryAfter: expect.any(Number) });
  await until(() => client.saw('refused').length === 55);
  for (const { code } of client.saw('refused').slice(1)) expect(code).toBe('behind-refused');

  await sendUntilStored(client, said, () => ids(store.sent));
  expect(ids(store.sent)).toEqual(ids(said));
});

test('[D7] nothing waits for a mark that was refused: its device says the next one instead', async () => {
  await using platform = testPlatform();
  const store = await openStore(platform, SHARDS);
  const clock = testClock();
  const { url } = await startPod(platform, { framesPerSocket: { burst: 1, perSecond: 1 } }, { clock });
  const bob = signedIn({ clock });
  await using client = await connect(url, signedIn({ clock }));
  const mark = () => ({ type: 'delivered', clientId: uuidv7(), to: bob.userId, seq: 3 }) as const;
  const [first, tooFast] = [send(bob, 'First.'), mark()];
  client.say(first, tooFast);
  expect(await client.see('refused')).toMatchObject({ clientId: tooFast.clientId, code: 'rate-limited' });

  clock.advance(1_000);
  const next = send(bob, 'Next.');
  client.say(next);

  await until(() => store.sent.length === 2);
  expect(ids(store.sent)).toEqual([first.clientId, next.clientId]);
});

test('all sockets of a person share a rate too', async () => {
  await using platform = testPlatform();
  const store = await openStore(platform, SHARDS);
  const { url } = await startPod(platform, { framesPerPerson: { burst: 3, perSecond: 0.001 } });
  const [alice, bob] = [signedIn(), signedIn()];
  await using phone = await connect(url, alice);
  await using laptop = await connect(url, alice);
  phone.say(...messages(bob, 2));
  await until(() => store.sent.length === 2);
  laptop.say(...messages(bob, 2));
  expect(await laptop.see('refused')).toMatchObject({ code: 'rate-limited' });
  await until(() => store.sent.length === 3);
});

test('who comes back has no new rate', async () => {
  await using platform = testPlatform();
  await openStore(platform, SHARDS);
  const pod = await startPod(platform, { framesPerPerson: { burst: 3, perSecond: 0.001 } });
  const [alice, bob] = [signedIn(), signedIn()];
  {
    await using before = await connect(pod.url, alice);
    before.say(...messages(bob, 3));
    await until(() => before.saw('update').length === 3);
  }
  await until(async () => (await pod.world.metrics.getSingleMetricAsString('parley_socket_people')).endsWith('parley_socket_people 0'));
  await using after = await connect(pod.url, alice);
  after.say(...messages(bob, 1));
  expect(await after.see('refused')).toMatchObject({ code: 'rate-limited' });
});

test('who goes on and on past the rate is sent away, to come back later', async () => {
  await using platform = testPlatform();
  const { url } = await startPod(platform, { framesPerSocket: { burst: 1, perSecond: 0.001 }, patience: { burst: 10, perSecond: 0.001 } });
  const bob = signedIn();
  await using client = await connect(url, signedIn());
  client.say(...messages(bob, 50));
  expect(await client.closed).toEqual({ code: closeCodes.flooding.code, reason: 'flooding' });
  expect(client.saw('refused')).toHaveLength(10);
});

test.each(['ping', 'pong'] as const)('a flood of the socket’s own %ss is one too', async (kind) => {
  await using platform = testPlatform();
  const { url } = await startPod(platform, { framesPerSocket: { burst: 5, perSecond: 0.001 }, patience: { burst: 5, perSecond: 0.001 } });
  await using client = await connect(url, signedIn());
  for (let signs = 0; signs < 20; signs++) client.socket[kind]();
  expect(await client.closed).toEqual({ code: closeCodes.flooding.code, reason: 'flooding' });
});

test('a device has only so many rooms open', async () => {
  await using platform = testPlatform();
  const { url } = await startPod(platform);
  await using client = await connect(url, signedIn());
  const peers = Array.from({ length: limits.roomsPerDevice + 1 }, () => signedIn().userId);
  for (const half of [peers.slice(0, 100), peers.slice(100, 200), peers.slice(200)])
    client.say(...half.map((peer) => ({ type: 'join', peer }) as const));
  expect(await client.see('error')).toMatchObject({ code: 'too-many-rooms' });
  expect(client.saw('joined')).toHaveLength(limits.roomsPerDevice);
  client.say({ type: 'leave', peer: peers[0] as string }, { type: 'join', peer: peers.at(-1) as string });
  await client.see('joined', ({ peer }) => peer === peers.at(-1));
});

test.each(['bus-full', 'bus-away'] as const)(
  '[D3] while the bus refuses (%s) so are messages, and later they go in their order',
  async (code) => {
    await using platform = testPlatform();
    const store = await openStore(platform, SHARDS);
    let refusing = false;
    const pod = await startMoody(platform, () => refusing && new ParleyError(code, { retryAfter: 3 }));
    const bob = signedIn();
    await using client = await connect(pod.url, signedIn());
    const said = messages(bob, 20);

    client.say(...said.slice(0, 5));
    await until(() => store.sent.length === 5);
    refusing = true;
    client.say(...said.slice(5, 10));
    client.say(...said.slice(10));
    await until(() => client.saw('refused').length === 15);
    expect(client.saw('refused')[0]).toEqual({ type: 'refused', clientId: said[5]?.clientId, code, retryAfter: 3 });
    expect(ids(client.saw('refused'))).toEqual(ids(said.slice(5)));

    refusing = false;
    // One from the middle is not taken before the first that was refused.
    client.say(...said.slice(12));
    await until(() => client.saw('refused').length === 15 + 8);
    expect(store.sent).toHaveLength(5);

    client.say(...said.slice(5));
    await until(() => store.sent.length === 20);
    expect(ids(store.sent)).toEqual(ids(said));
  },
);

test('one socket that was refused holds up no other', async () => {
  await using platform = testPlatform();
  const store = await openStore(platform, SHARDS);
  const [alice, bob] = [signedIn(), signedIn()];
  const pod = await startMoody(platform, ({ senderId }) => senderId === alice.userId && new ParleyError('bus-full'));
  await using alices = await connect(pod.url, alice);
  await using bobs = await connect(pod.url, bob);
  alices.say(...messages(bob, 2));
  await alices.see('refused');
  bobs.say(...messages(alice, 2));
  await until(() => store.sent.length === 2);
});

/** A pod whose bus refuses what it is told to. */
const startMoody = (platform: TestPlatform, refuses: (data: { senderId?: string }) => ParleyError | false) =>
  platform.start(
    'socket-handler',
    (configuration, world) => {
      const publish: Bus['publish'] = async (name, data, options) => {
        const refusal = refuses(data as { senderId?: string });
        if (refusal) throw refusal;
        await world.bus.publish(name, data, options);
      };
      const bus: Bus = Object.assign(Object.create(world.bus), { publish });
      return startSocketHandler(configuration, { ...world, bus });
    },
    config(),
  );
