import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createMemoryStore, createParley, newestStretch, type ParleyEvent } from '@parley/client-library';
import { createNodeSession } from '@parley/client-library/node';
import { authRoutes, type Me, messageRoutes, userRoutes } from '@parley/common/contracts';
import { until, type Visitor, visitor } from '@parley/common/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { at, privateFolder, run, type Started, start } from './parley.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const ANSWERED_WITHIN_MS = 60_000;

interface Entrance {
  readonly people: readonly { readonly userName: string; readonly host: string }[];
  readonly password: string;
}

describe('a demo', () => {
  let folder: ReturnType<typeof privateFolder>;
  let parley: Started;
  let port: string;
  let entrance: Entrance;
  beforeAll(async () => {
    folder = privateFolder();
    parley = start({ data: folder.path, more: ['--demo'] });
    const url = await parley.url();
    ({ port } = new URL(url));
    entrance = await (await at(url).fetch('/demo/people.json')).json();
  });
  afterAll(async () => {
    await parley.stop();
    folder[Symbol.dispose]();
  });

  /** What the one click does: the ordinary sign-in, from a page of that host. */
  const comeIn = async (userName: string): Promise<{ me: Me; browser: Visitor; origin: string }> => {
    const host = entrance.people.find((person) => person.userName === userName)?.host;
    const origin = `http://${host}:${port}`;
    const browser = visitor(`http://127.0.0.1:${port}`, { origin });
    return { me: await browser.call(authRoutes.signIn, { login: userName, password: entrance.password }), browser, origin };
  };

  test('invites to a page on which two can come in side by side, each on a host of their own', async () => {
    expect(parley.output).toContain(`http://localhost:${port}/demo`);
    const page = await at(`http://127.0.0.1:${port}`).fetch('/demo');
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(await page.text()).toContain('/demo/demo.js');
    expect(new Set(entrance.people.map(({ host }) => host))).toEqual(new Set(['localhost', '127.0.0.1']));
    const names = await Promise.all(entrance.people.map(async ({ userName }) => (await comeIn(userName)).me.userName));
    expect(names).toEqual(['maya', 'tom']);
  });

  test('[D3] [D4] has weeks of talk behind it, numbered without holes and in the order of time', async () => {
    const { browser } = await comeIn('maya');
    const { conversations } = await browser.call(messageRoutes.listConversations, { archived: false, limit: 100 });
    expect(conversations.length).toBeGreaterThanOrEqual(5);
    expect(conversations.filter(({ unread }) => unread > 0).length).toBeGreaterThanOrEqual(2);
    const pages = await Promise.all(conversations.map(({ peerId }) => browser.call(messageRoutes.history, { peerId, limit: 100 })));
    for (const { messages, version } of pages) {
      expect(messages.map(({ seq }) => seq)).toEqual(messages.map((_, index) => index + 1));
      expect(messages.map(({ sentAt }) => sentAt)).toEqual(messages.map(({ sentAt }) => sentAt).toSorted());
      expect(Math.max(...messages.map((message) => message.version))).toBeLessThanOrEqual(version);
    }
    const all = pages.flatMap(({ messages }) => messages);
    const ages = all.map(({ sentAt }) => Date.now() - Date.parse(sentAt));
    expect(Math.max(...ages)).toBeGreaterThan(20 * DAY_MS);
    expect(Math.min(...ages)).toBeGreaterThanOrEqual(0);
    expect(all.some(({ replyTo }) => replyTo !== null)).toBe(true);
    expect(all.some(({ reactions }) => reactions.length > 0)).toBe(true);
    expect(all.some(({ editedAt }) => editedAt !== null)).toBe(true);
    expect(all.some(({ deletedAt }) => deletedAt !== null)).toBe(true);
    expect(all.some(({ content }) => (content?.text.length ?? 0) > 1_500)).toBe(true);
    expect(all.some(({ content }) => content?.text.includes('```'))).toBe(true);
  });

  test('gives everybody a picture and something about them', async () => {
    const { browser, me } = await comeIn('tom');
    const { people } = await browser.call(userRoutes.listPeople, { sort: 'name', direction: 'ascending', limit: 100 });
    expect(people.length).toBeGreaterThanOrEqual(6);
    for (const { about, pictureId } of people) expect([about, pictureId]).toEqual([expect.stringMatching(/./), expect.any(String)]);
    const mine = people.find(({ userId }) => userId === me.userId);
    expect((await browser.fetch(`/api/users/${me.userId}/picture/${mine?.pictureId}`)).headers.get('content-type')).toBe('image/png');
  });

  test('has people in it who are there, read, type and answer', async () => {
    const { me, browser, origin } = await comeIn('maya');
    const base = `http://127.0.0.1:${port}`;
    const session = createNodeSession({ base, origin });
    for (const [name, value] of browser.cookies) session.cookies.set(name, value);
    const events: ParleyEvent[] = [];
    const device = await createParley({ base, me, store: createMemoryStore(), ...session, onEvent: (event) => events.push(event) });
    device.start();
    try {
      const { people } = await browser.call(userRoutes.searchPeople, { q: 'jonas', limit: 1 });
      const jonas = people[0]!.userId;
      await until(
        () => events.some(({ kind, ...event }) => kind === 'presence' && JSON.stringify(event).includes(jonas)),
        ANSWERED_WITHIN_MS,
      );
      await until(() => events.some((event) => event.kind === 'connection' && event.socket === 'chat' && event.state.at === 'open'));
      device.join(jonas);
      const { lastSeq: before } = await browser.call(messageRoutes.conversation, { peerId: jonas });
      await device.send(jonas, { kind: 'text', text: 'Thank you for the cake!' });
      const answered = () =>
        newestStretch(device.conversations.get(jonas)).some(({ seq, senderId }) => seq > before + 1 && senderId === jonas);
      await until(answered, ANSWERED_WITHIN_MS);
      expect(device.conversations.get(jonas)?.marks[jonas]?.read).toBeGreaterThan(before);
      expect(events).toContainEqual({ kind: 'typing', peerId: jonas, active: true });
    } finally {
      await device.stop();
    }
  });

  test('is there again at the next start, with what was said meanwhile', async () => {
    expect(await parley.stop()).toBe(0);
    parley = start({ data: folder.path, port: Number(port), more: ['--demo'] });
    await parley.url();
    expect(parley.output).not.toContain('making the people');
    const { browser } = await comeIn('maya');
    const { people } = await browser.call(userRoutes.searchPeople, { q: 'jonas', limit: 1 });
    const { messages } = await browser.call(messageRoutes.history, { peerId: people[0]!.userId, limit: 10 });
    expect(messages.map(({ content }) => content?.text)).toContain('Thank you for the cake!');
  });
});

test('a demo that was killed while it was made is made anew', async () => {
  using folder = privateFolder();
  await using first = start({ data: folder.path, more: ['--demo'] });
  await first.says(/making the people/);
  await first.kill();
  await using second = start({ data: folder.path, more: ['--demo'] });
  await second.url();
  expect(second.output).toContain('making the people');
});

test('a Parley that is no demo has no such entrance, and never becomes one', async () => {
  using folder = privateFolder();
  await using parley = start({ data: folder.path });
  const visit = at(await parley.url());
  expect((await visit.fetch('/demo/people.json')).status).toBe(404);
  await parley.stop();
  await using refused = start({ data: folder.path, more: ['--demo'] });
  expect(await refused.exited).toBe(1);
  expect(refused.output).toContain('is no demo, and stays as it is');
  await using forgetful = start({ data: folder.path, more: ['--demo', '--fresh'] });
  expect(await forgetful.exited).toBe(1);
  expect(existsSync(join(folder.path, 'postgres'))).toBe(true);
});

test('a demo stays on this machine', async () => {
  await using refused = run(['--demo', '--host', '0.0.0.0']);
  expect(await refused.exited).toBe(1);
  expect(refused.output).toContain('A demo is for this machine alone');
});
