import { createMemoryStore, type OpenSocket } from '@parley/client-library';
import { until } from '@parley/common/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Chat, startChat } from './chat.ts';

let chat: Chat;
beforeAll(async () => {
  chat = await startChat({ pods: 2 });
});
afterAll(() => chat[Symbol.asyncDispose]());

test('[D1] [D3] two people on any pods talk, and both see the same in the same order', async () => {
  const [alice, bob] = [await chat.signUp('Alice'), await chat.signUp('Bob')];
  const [hers, his] = [await chat.device(alice), await chat.device(bob)];
  await hers.say(bob, 'Hello Bob');
  await until(() => his.texts(alice).length === 1);
  await his.say(alice, 'Hello Alice');
  for (let count = 1; count <= 20; count++) await (count % 2 ? hers.say(bob, `${count}`) : his.say(alice, `${count}`));
  await until(() => hers.texts(bob).length === 22 && his.texts(alice).length === 22);
  expect(hers.texts(bob)).toEqual(his.texts(alice));
  expect(hers.parley.outbox.entries()).toEqual([]);
});

test('[D3] what one device wrote in one breath is stored in that order', async () => {
  const [alice, bob] = [await chat.signUp('Alice'), await chat.signUp('Bob')];
  const [hers, his] = [await chat.device(alice), await chat.device(bob)];
  const texts = Array.from({ length: 200 }, (_, index) => `line ${index}`);
  await Promise.all(texts.map((text) => hers.say(bob, text)));
  await until(() => his.texts(alice).length === 200);
  expect(his.texts(alice)).toEqual(texts);
});

test('[D6] the author learns that a message was delivered and read', async () => {
  const [alice, bob] = [await chat.signUp('Alice'), await chat.signUp('Bob')];
  const [hers, his] = [await chat.device(alice), await chat.device(bob)];
  await hers.say(bob, 'Are you there?');
  await until(() => hers.held(bob).marks[bob.me.userId]?.delivered === 1);
  expect(hers.held(bob).marks[bob.me.userId]?.read).toBe(0);
  await his.parley.read(alice.me.userId, 1);
  await until(() => hers.held(bob).marks[bob.me.userId]?.read === 1);
  await until(() => his.parley.outbox.entries().length === 0);
});

test('[D7] who was away is whole again after coming back', async () => {
  const [alice, bob] = [await chat.signUp('Alice'), await chat.signUp('Bob')];
  const [hers, his] = [await chat.device(alice), await chat.device(bob)];
  await hers.say(bob, 'one');
  await until(() => his.texts(alice).length === 1);
  await his.parley.stop();
  await hers.say(bob, 'two');
  await until(() => hers.parley.outbox.entries().length === 0);
  await hers.parley.edit(bob.me.userId, 1, hers.held(bob).messages.get(1)?.version ?? 0, { kind: 'text', text: 'one, mended' });
  await until(() => hers.texts(bob)[0] === 'one, mended');
  const again = await chat.device(bob, his.store);
  await until(() => again.texts(alice).length === 2);
  expect(again.texts(alice)).toEqual(['one, mended', 'two']);
});

test('[D2] what was written without a connection is sent once, after the next start', async () => {
  const [alice, bob] = [await chat.signUp('Alice'), await chat.signUp('Bob')];
  const hers = await chat.device(alice);
  await hers.parley.stop();
  await hers.say(bob, 'written offline');
  const [again, his] = [await chat.device(alice, hers.store), await chat.device(bob)];
  await until(() => again.parley.outbox.entries().length === 0 && again.texts(bob).length === 1);
  await until(() => his.texts(alice).length === 1);
  expect(his.texts(alice)).toEqual(['written offline']);
});

test('[D4] [D5] a device whose link loses every third frame ends with what a fresh one is given', async () => {
  const [alice, bob] = [await chat.signUp('Alice'), await chat.signUp('Bob')];
  const [hers, his] = [await chat.device(alice), await chat.device(bob, createMemoryStore(), losing(bob.session.openSocket, 3))];
  for (let count = 0; count < 60; count++) await hers.say(bob, `${count}`);
  await until(() => hers.texts(bob).length === 60);
  for (const seq of [3, 30, 57]) {
    await hers.parley.react(bob.me.userId, seq, '🎈', true);
    await hers.parley.edit(bob.me.userId, seq + 1, hers.held(bob).messages.get(seq + 1)?.version ?? 0, {
      kind: 'text',
      text: `${seq} mended`,
    });
    await hers.parley.remove(bob.me.userId, seq + 2, 'everyone');
  }
  await until(() => hers.parley.outbox.entries().length === 0);
  await his.parley.compare();
  const fresh = await chat.device(await chat.signIn(bob));
  await until(() => fresh.held(alice).version === hers.held(bob).version && his.held(alice).version === hers.held(bob).version);
  await fresh.parley.conversations.read(alice.me.userId, { before: fresh.held(alice).ranges[0]?.[0] ?? 1 }, 100);
  expect([...his.held(alice).messages.values()]).toEqual(expect.arrayContaining([...fresh.held(alice).messages.values()]));
  expect(his.texts(alice)).toEqual(hers.texts(bob));
});

test('[D3] several devices of one person see one order, and each what the other wrote', async () => {
  const [alice, bob] = [await chat.signUp('Alice'), await chat.signUp('Bob')];
  const [laptop, phone, his] = [await chat.device(alice), await chat.device(await chat.signIn(alice)), await chat.device(bob)];
  await laptop.say(bob, 'from the laptop');
  await phone.say(bob, 'from the phone');
  await his.say(alice, 'to both');
  await until(() => [laptop, phone].every((device) => device.texts(bob).length === 3) && his.texts(alice).length === 3);
  expect(phone.texts(bob)).toEqual(laptop.texts(bob));
  expect(his.texts(alice)).toEqual(laptop.texts(bob));
});

test('[D8] nobody else learns of it', async () => {
  const [alice, bob, eve] = [await chat.signUp('Alice'), await chat.signUp('Bob'), await chat.signUp('Eve')];
  const [hers, his, eves] = [await chat.device(alice), await chat.device(bob), await chat.device(eve)];
  await hers.say(bob, 'between us');
  await until(() => his.texts(alice).length === 1);
  await eves.say(bob, 'hello');
  await until(() => his.texts(eve).length === 1);
  expect(JSON.stringify(eves.events)).not.toContain('between us');
  expect(eves.parley.conversations.all().map(({ peerId }) => peerId)).toEqual([bob.me.userId]);
});

test('[D8] when somebody else signs in on the same browser, the client of who was there before learns nothing of them', async () => {
  const [ann, bob, cyd] = [await chat.signUp('Ann'), await chat.signUp('Bob'), await chat.signUp('Cyd')];
  const hers = await chat.device(ann);
  const cyds = await chat.device(cyd);
  await cyds.say(bob, 'for Bob alone');
  await until(() => cyds.parley.outbox.entries().length === 0);
  for (const [name, value] of bob.session.cookies) ann.session.cookies.set(name, value);
  await hers.parley.compare('list');
  await until(() => hers.events.some(({ kind }) => kind === 'session-ended'));
  await hers.parley.compare('list');
  expect(JSON.stringify([hers.events, await hers.store.load()])).not.toContain('for Bob alone');
  expect(hers.parley.list.all()).toEqual([]);
});

test('[D10] a pod that leaves moves its people to another, who notice nothing', async () => {
  const [alice, bob] = [await chat.signUp('Alice'), await chat.signUp('Bob')];
  const [hers, his] = [await chat.device(alice), await chat.device(bob)];
  await hers.say(bob, 'before');
  await until(() => his.texts(alice).length === 1);
  for (const name of ['socket-handler', 'messages', 'notifications'] as const) {
    const [leaving] = chat.pods.get(name) ?? [];
    await chat.start(name);
    if (leaving) await chat.stop(name, leaving);
    await hers.say(bob, `after ${name}`);
    await his.say(alice, `heard of ${name}`);
  }
  await until(() => hers.texts(bob).length === 7 && his.texts(alice).length === 7, 30_000);
  expect(hers.texts(bob)).toEqual(his.texts(alice));
});

/** A link on which every nth frame from the server is lost, but for the greeting. */
const losing =
  (open: OpenSocket, nth: number): OpenSocket =>
  (path, protocol) => {
    const socket = open(path, protocol);
    let heard = 0;
    return new Proxy(socket, {
      get: (target, name) => {
        const value = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
      set(target, name, value) {
        if (name !== 'onmessage' || !value) return Reflect.set(target, name, value);
        target.onmessage = (event) => {
          heard += 1;
          if (heard === 1 || heard % nth !== 0) value(event);
        };
        return true;
      },
    });
  };
