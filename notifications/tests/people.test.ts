import { instant } from '@parley/common/server';
import { signedIn, testClock, testPlatform, until } from '@parley/common/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Conversations, startPod } from './cast.ts';
import { connect } from './device.ts';

const platform = testPlatform();
const conversations = new Conversations();
const clock = testClock();
let one: Awaited<ReturnType<typeof startPod>>;
let two: Awaited<ReturnType<typeof startPod>>;
beforeAll(async () => {
  one = await startPod(platform, conversations, { clock });
  two = await startPod(platform, conversations, { clock });
});
afterAll(() => platform[Symbol.asyncDispose]());

const at = instant(0);
const registered = (userId: string, displayName: string) => ({ userId, number: 1, userName: displayName.toLowerCase(), displayName, at });
const soon = <T>(condition: () => T) =>
  until(() => {
    clock.advance(50);
    return condition();
  });

test('new people come to devices whose list of people is open, and to no other', async () => {
  const [ann, ben] = [signedIn({ clock }), signedIn({ clock })];
  await using looking = await connect(one.url, ann);
  await using elsewhere = await connect(one.url, ben);
  looking.say({ type: 'watch', userIds: [], people: true });
  // Answered behind the watch: it was taken.
  looking.say({ type: 'ping' });
  await looking.see('pong');

  const [cleo, dan] = [signedIn(), signedIn()];
  await two.world.bus.publish('user.registered', registered(cleo.userId, 'Cleo'));
  await two.world.bus.publish('user.registered', registered(dan.userId, 'Dan'));
  await soon(() => looking.saw('person').length === 2);
  expect(looking.saw('person').map(({ profile, isNew }) => [profile.displayName, isNew])).toEqual([
    ['Cleo', true],
    ['Dan', true],
  ]);

  looking.say({ type: 'watch', userIds: [], people: false });
  looking.say({ type: 'ping' });
  await until(() => looking.saw('pong').length === 2);
  await two.world.bus.publish('user.registered', registered(signedIn().userId, 'Eve'));
  await two.world.bus.publish('user.updated', { ...registered(ann.userId, 'Ann'), about: '', pictureId: null, number: 2 });
  await soon(() => looking.saw('person').some(({ profile }) => profile.displayName === 'Ann'));
  clock.advance(250);
  expect(looking.saw('person').map(({ profile }) => profile.displayName)).toEqual(['Cleo', 'Dan', 'Ann']);
  expect(elsewhere.saw('person')).toEqual([]);
});

test('whoever looks different is shown so to those who have them before them, and on their own devices', async () => {
  const [ann, ben, eve] = [signedIn({ clock }), signedIn({ clock }), signedIn({ clock })];
  conversations.between(ann.userId, ben.userId);
  await using anns = await connect(one.url, ann);
  await using bens = await connect(two.url, ben);
  await using eves = await connect(two.url, eve);
  const profile = { userId: ben.userId, userName: 'ben', displayName: 'Benjamin', about: 'away with the fairies', pictureId: 'p' };
  await one.world.bus.publish('user.updated', { ...profile, number: 4, at });
  for (const device of [anns, bens]) {
    expect(await device.see('person')).toEqual({ type: 'person', profile, profileNumber: 4, isNew: false });
  }
  await one.world.bus.publish('user.updated', { ...profile, userId: eve.userId, number: 2, at });
  await eves.see('person', (told) => told.profile.userId === eve.userId);
  expect(eves.saw('person')).toHaveLength(1);
});
