import { signedIn, testPlatform, until } from '@parley/common/testing';
import { expect, test } from 'vitest';
import { connect, send } from './client.ts';
import { SHARDS, startPod } from './pods.ts';
import { openStore } from './store.ts';

test('two people on two pods talk, on all their devices', async () => {
  await using platform = testPlatform();
  await openStore(platform, SHARDS);
  const [one, other] = [await startPod(platform), await startPod(platform)];
  const [alice, bob] = [signedIn(), signedIn()];
  await using phone = await connect(one.url, alice);
  await using laptop = await connect(other.url, alice);
  await using bobs = await connect(other.url, bob);

  const said = send(bob, 'Are you there?');
  phone.say(said);

  for (const device of [phone, laptop, bobs]) {
    const { update } = await device.see('update');
    expect(update.messages).toMatchObject([
      { clientId: said.clientId, senderId: alice.userId, content: { text: 'Are you there?' }, seq: 1 },
    ]);
  }
});

test('[D8] nobody else sees anything of it', async () => {
  await using platform = testPlatform();
  const store = await openStore(platform, SHARDS);
  const pod = await startPod(platform);
  const [alice, bob, carol] = [signedIn(), signedIn(), signedIn()];
  await using alices = await connect(pod.url, alice);
  await using carols = await connect(pod.url, carol);

  carols.say({ type: 'join', peer: alice.userId }, { type: 'join', peer: bob.userId });
  alices.say(send(bob, 'Between us.'));
  await alices.see('update');
  alices.say(send(carol, 'And this is for you.'));
  await carols.see('update');

  expect(store.sent).toHaveLength(2);
  expect(
    carols
      .saw('update')
      .flatMap(({ update }) => update.messages)
      .map(({ content }) => content?.text),
  ).toEqual(['And this is for you.']);
});

test('[D8] who sends is said by the session, whatever the frame says', async () => {
  await using platform = testPlatform();
  const store = await openStore(platform, SHARDS);
  const pod = await startPod(platform);
  const [mallory, bob, alice] = [signedIn(), signedIn(), signedIn()];
  await using device = await connect(pod.url, mallory);

  device.say({ ...send(bob, 'It is me, Alice.'), senderId: alice.userId, userId: alice.userId } as never);

  const [sent] = await until(() => store.sent.length > 0 && store.sent);
  expect(sent?.senderId).toBe(mallory.userId);
  expect(Object.keys(sent ?? {})).not.toContain('userId');
});
