import { createECDH, randomBytes, randomUUID } from 'node:crypto';
import { notificationRoutes } from '@parley/common/contracts';
import { instant } from '@parley/common/server';
import { type SignedIn, signedIn, testPlatform, until, visitor } from '@parley/common/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { announce, Conversations, config, conversation, startPod, stored } from './cast.ts';
import { connect } from './device.ts';
import { type Answer, type Browser, decrypt, startPushService } from './push-service.ts';

const platform = testPlatform();
const conversations = new Conversations();
const privateKey = randomBytes(32).toString('base64url');
let service: Awaited<ReturnType<typeof startPushService>>;
let one: Awaited<ReturnType<typeof startPod>>;
let two: Awaited<ReturnType<typeof startPod>>;
beforeAll(async () => {
  service = await startPushService();
  const push = { privateKey, subject: 'mailto:operator@parley.test', endpointsAllowed: [service.origin], delaySeconds: 1 };
  one = await startPod(platform, conversations, {}, config({}, { push }));
  two = await startPod(platform, conversations, {}, config({}, { push }));
});
afterAll(async () => {
  await platform[Symbol.asyncDispose]();
  await service[Symbol.asyncDispose]();
});

const at = ({ cookie }: SignedIn) => visitor(one.url, { cookie });
const subscribe = (me: SignedIn, browser: Browser) => at(me).call(notificationRoutes.subscribePush, browser);
const state = (me: SignedIn) => at(me).call(notificationRoutes.push, {});
const told = ({ received }: Browser) => received.map(({ text }) => JSON.parse(text) as Record<string, unknown>);

/** Somebody with a closed browser that is to be notified. */
async function away(): Promise<{ me: SignedIn; browser: Browser }> {
  const me = signedIn();
  const browser = service.subscribe();
  await subscribe(me, browser);
  return { me, browser };
}

/** What messages says when nobody could tell them what `from` wrote; it stays unread. */
async function unreached({ userId }: SignedIn, from: SignedIn, { lastSeq = 1 } = {}) {
  conversations.unread.set(userId, [conversation(userId, from.userId, { lastSeq }), ...others(userId, from)]);
  await one.world.bus.publish('person.unreached', { people: [{ userId, peerId: from.userId, seq: lastSeq }] });
}
const others = (userId: string, from: SignedIn) => (conversations.unread.get(userId) ?? []).filter(({ peerId }) => peerId !== from.userId);

/** Whatever was due before it has been decided by the time that this one, put down later, has arrived. */
async function everythingDueIsDecided() {
  const { me, browser } = await away();
  await unreached(me, signedIn());
  await until(() => browser.received.length === 1, 20_000);
}

test('[PU1] whoever has no device is notified once, by one of several pods, in words that their browser alone can read', async () => {
  const [{ me, browser }, ann] = [await away(), signedIn()];
  conversations.names.set(ann.userId, 'Ann');
  await unreached(me, ann, { lastSeq: 7 });
  await until(() => browser.received.length > 0, 20_000);
  await everythingDueIsDecided();
  expect(told(browser)).toEqual([
    expect.objectContaining({ kind: 'message', peerId: ann.userId, title: 'Ann', body: 'hello', unread: 1, seq: 7 }),
  ]);
  const [{ headers, claims, signer, bytes }] = browser.received as [Browser['received'][number]];
  expect(headers).toMatchObject({
    ttl: '86400',
    urgency: 'high',
    topic: expect.stringMatching(/^[\w-]{32}$/),
    'content-encoding': 'aes128gcm',
  });
  expect(bytes).toBeLessThanOrEqual(4096);
  expect(claims).toMatchObject({ aud: service.origin, sub: 'mailto:operator@parley.test' });
  expect(claims.exp).toBeGreaterThan(Date.now() / 1000);
  expect(claims.exp).toBeLessThanOrEqual(Date.now() / 1000 + 24 * 60 * 60);
  expect(signer).toBe((await state(me)).publicKey);
});

test('the browsers of these tests read what RFC 8291 gives as its example', () => {
  const own = createECDH('prime256v1');
  own.setPrivateKey(Buffer.from('q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94', 'base64url'));
  const body =
    'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN';
  expect(decrypt(Buffer.from(body, 'base64url'), own, Buffer.from('BTBZMqHH6r4Tts7J_aSIgg', 'base64url'))).toBe(
    'When I grow up, I want to be a watermelon',
  );
});

describe('[PU2] nobody is notified', () => {
  test('of what was read before the delay was over', async () => {
    const [{ me, browser }, ann] = [await away(), signedIn()];
    await unreached(me, ann);
    conversations.unread.set(me.userId, []);
    await everythingDueIsDecided();
    expect(browser.received).toEqual([]);
  });

  test('of what they muted or blocked, or while they do not want to be disturbed', async () => {
    const [muted, blocked, undisturbed, ann] = [await away(), await away(), await away(), signedIn()];
    for (const [{ me }, settings] of [
      [muted, { mutedUntil: '2099-01-01T00:00:00.000Z' }],
      [blocked, { blocked: true }],
      [undisturbed, {}],
    ] as const) {
      await unreached(me, ann);
      const [entry] = conversations.unread.get(me.userId)!;
      conversations.unread.set(me.userId, [{ ...entry!, settings: { ...entry!.settings, ...settings } }]);
    }
    await at(undisturbed.me).call(notificationRoutes.changeNotificationSettings, { doNotDisturbUntil: instant(Date.now() + 3_600_000) });
    await everythingDueIsDecided();
    expect([muted, blocked, undisturbed].flatMap(({ browser }) => told(browser))).toEqual([]);
  });

  test('who looks at it on any device, on any pod', async () => {
    const [{ me, browser }, ann] = [await away(), signedIn()];
    await using desk = await connect(two.url, me);
    await using pocket = await connect(one.url, me);
    pocket.say({ type: 'visible', visible: false });
    const outcome = stored(ann.userId, me.userId);
    conversations.unread.set(me.userId, [conversation(me.userId, ann.userId)]);
    await announce(one, 'message.stored', outcome);
    await desk.see('notice');
    await pocket.see('notice');
    await everythingDueIsDecided();
    expect(browser.received).toEqual([]);
  });
});

test('[PU1] whose devices are all out of sight is notified, and not any more when one is looked at', async () => {
  const [{ me, browser }, ann] = [await away(), signedIn()];
  await using hidden = await connect(one.url, me);
  hidden.say({ type: 'visible', visible: false });
  const write = async (version: number) => {
    conversations.unread.set(me.userId, [conversation(me.userId, ann.userId, { lastSeq: version })]);
    await announce(one, 'message.stored', stored(ann.userId, me.userId, { version }));
    await until(() => hidden.saw('notice').some(({ notice }) => notice.version === version));
  };
  await until(async () => {
    await write(hidden.saw('notice').length + 1);
    return browser.received.length > 0;
  }, 20_000);
  hidden.say({ type: 'visible', visible: true });
  hidden.say({ type: 'ping' });
  await hidden.see('pong');
  await everythingDueIsDecided();
  const before = browser.received.length;
  await write(hidden.saw('notice').length + 1);
  await everythingDueIsDecided();
  expect(browser.received.length).toBe(before);
});

test('[PU3] shows by whom and not what, to whoever wants that', async () => {
  const [{ me, browser }, ann] = [await away(), signedIn()];
  await at(me).call(notificationRoutes.changeNotificationSettings, { previews: false });
  await unreached(me, ann);
  await until(() => browser.received.length === 1, 20_000);
  expect(told(browser)).toMatchObject([{ title: 'Somebody', body: null }]);
});

test('[PU3] shortens what is long, in whatever script, and stays within what a push may hold', async () => {
  const [{ me, browser }, ann] = [await away(), signedIn()];
  conversations.names.set(ann.userId, '👩‍👩‍👧‍👦'.repeat(9));
  const long = conversation(me.userId, ann.userId);
  conversations.unread.set(me.userId, [{ ...long, preview: { ...long.preview!, text: '\u{1F469}\u200d"\\\u0001'.repeat(800) } }]);
  await one.world.bus.publish('person.unreached', { people: [{ userId: me.userId, peerId: ann.userId, seq: 1 }] });
  await until(() => browser.received.length === 1, 20_000);
  expect([...(told(browser)[0]!['body'] as string)].length).toBe(160);
  expect(browser.received[0]!.bytes).toBeLessThanOrEqual(4096);
});

describe('[PU4] when a push service', () => {
  test.each([404, 410])('says that the browser is gone (%i) it is asked no more', async (status) => {
    const [{ me, browser }, ann] = [await away(), signedIn()];
    service.answers.push({ status });
    await unreached(me, ann);
    await until(() => browser.received.length === 1, 20_000);
    await until(async () => !(await state(me)).subscribed);
  });

  test.each<Answer>([{ status: 429, headers: { 'retry-after': '1' } }, { status: 503 }])(
    'can not take it now ($status) it is asked again',
    async (answer) => {
      const [{ me, browser }, ann] = [await away(), signedIn()];
      service.answers.push(answer);
      await unreached(me, ann);
      await until(() => browser.received.length === 2, 20_000);
      expect((await state(me)).subscribed).toBe(true);
    },
  );

  test('leads elsewhere nobody follows', async () => {
    const [{ me, browser }, ann] = [await away(), signedIn()];
    service.answers.push({ status: 307, headers: { location: `${service.origin}/elsewhere` } });
    await unreached(me, ann);
    await until(() => browser.received.length === 1, 20_000);
    await everythingDueIsDecided();
    expect(browser.received.length).toBe(1);
    expect(service.strays).toEqual([]);
  });
});

describe('[PU5] a subscription', () => {
  test.each([
    'http://push.example.com/1',
    'https://127.0.0.1/1',
    'https://localhost/1',
    'https://10.0.0.1/1',
    'https://169.254.169.254/latest/meta-data',
    'https://[::1]/1',
    'https://[fd00::1]/1',
    'https://[::ffff:127.0.0.1]/1',
    'https://2130706433/1',
    'https://0x7f.1/1',
    'https://1.1.1.1:8443/1',
    'https://user:secret@1.1.1.1/1',
  ])('is refused for %s', async (endpoint) => {
    const { keys } = service.subscribe();
    await expect(at(signedIn()).call(notificationRoutes.subscribePush, { endpoint, keys })).rejects.toMatchObject({
      code: 'endpoint-refused',
    });
  });

  test.each(['p256dh', 'auth'] as const)('is refused when its %s is none', async (name) => {
    const { endpoint, keys } = service.subscribe();
    const wrong = { endpoint, keys: { ...keys, [name]: keys[name].replace(/^./, 'A').replaceAll(/[^A]/g, 'A') } };
    const refused = name === 'p256dh' ? wrong : { ...wrong, keys: { ...keys, auth: 'AAAA' } };
    await expect(at(signedIn()).call(notificationRoutes.subscribePush, refused)).rejects.toMatchObject({ code: 'invalid-input' });
  });

  test('whose name leads inside by the time of sending is sent nothing, and dropped', async () => {
    const [{ me }, ann] = [await away(), signedIn()];
    const inside = 'https://localhost/push/1';
    await one.world.database.query('UPDATE push_subscriptions SET endpoint = $2 WHERE user_id = $1', [me.userId, inside]);
    await unreached(me, ann);
    await until(async () => !(await state(me)).subscribed, 20_000);
  });

  test('ends with its session, and belongs to whoever is signed in on the browser', async () => {
    const [{ me, browser }, next] = [await away(), signedIn()];
    await subscribe(next, browser);
    expect([await state(me), await state(next)]).toMatchObject([{ subscribed: false }, { subscribed: true }]);
    const { userId, sessionId } = next;
    await one.world.bus.publish('session.ended', {
      userId,
      number: 2,
      sessionIds: [sessionId],
      reason: 'signed-out',
      at: instant(Date.now()),
    });
    const rows = () => one.world.database.query('SELECT FROM push_subscriptions WHERE user_id = $1', [userId]);
    await until(async () => (await rows()).rowCount === 0);
  });

  test('of a session that ended unheard is dropped when there is something to say', async () => {
    const [{ me, browser }, ann] = [await away(), signedIn()];
    conversations.ended.add(me.sessionId);
    await unreached(me, ann);
    await until(async () => !(await state(me)).subscribed, 20_000);
    expect(browser.received).toEqual([]);
  });

  test('goes with the account, and on request', async () => {
    const [gone, off] = [await away(), await away()];
    await one.world.bus.publish('user.deleted', { userId: gone.me.userId, number: 3, at: instant(Date.now()) });
    await at(off.me).call(notificationRoutes.unsubscribePush, {});
    expect((await state(off.me)).subscribed).toBe(false);
    const rows = () => one.world.database.query('SELECT FROM push_subscriptions WHERE user_id = $1', [gone.me.userId]);
    await until(async () => (await rows()).rowCount === 0);
  });

  test('of one person there are 20, the newest', async () => {
    const userId = randomUUID();
    const sessions = Array.from({ length: 21 }, () => signedIn({ userId }));
    for (const me of sessions) await subscribe(me, service.subscribe());
    const { rows } = await one.world.database.query('SELECT session_id AS id FROM push_subscriptions WHERE user_id = $1', [userId]);
    expect(rows.map(({ id }) => id as string).sort()).toEqual(
      sessions
        .slice(1)
        .map(({ sessionId }) => sessionId)
        .sort(),
    );
  });
});

test('[PU6] without a key there is nothing to subscribe to', async () => {
  const pod = await startPod(platform, conversations);
  const visit = visitor(pod.url, { cookie: signedIn().cookie });
  expect(await visit.call(notificationRoutes.push, {})).toEqual({ publicKey: null, subscribed: false });
  await expect(visit.call(notificationRoutes.subscribePush, service.subscribe())).rejects.toMatchObject({ code: 'push-off' });
});
