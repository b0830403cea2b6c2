import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { watchScripts } from './first-load.ts';
import type { Someone } from './people.ts';
import { open, startWith } from './platform.ts';

const KIB = 1024;

let platform: Awaited<ReturnType<typeof startWith<'Ada' | 'Bob'>>>;
let browser: Browser;
let ada: Someone;

beforeAll(async () => {
  platform = await startWith('Ada', 'Bob');
  ({ browser } = platform);
  ada = platform.people.Ada;
  await open(ada, platform.people.Bob);
  await ada.say('Hello');
  await ada.tick('Hello', 'delivered');
});

afterAll(() => platform?.[Symbol.asyncDispose]());

/** A browser that has nothing of the page yet; with somebody's session, if they give it. */
async function firstLoad(path: string, someone?: Someone) {
  const context = await browser.newContext({ locale: 'en-GB' });
  if (someone) await context.addCookies(await someone.context.cookies());
  const page = await context.newPage();
  const scripts = watchScripts(page);
  await page.goto(`${platform.url}${path}`);
  return { page, scripts, [Symbol.asyncDispose]: () => context.close() };
}

test('whoever is not signed in loads 95 KB of script at the most', async () => {
  await using visit = await firstLoad('/');
  await visit.page.getByRole('button', { name: 'Sign in' }).waitFor();
  expect(visit.scripts.names()).toContain('guest');
  expect(visit.scripts.bytes()).toBeLessThanOrEqual(95 * KIB);
});

test('the list of conversations loads 112 KB of script at the most', async () => {
  await using visit = await firstLoad('/', ada);
  await visit.page.getByRole('link', { name: /Bob/ }).waitFor();
  expect(visit.scripts.names()).toContain('account');
  expect(visit.scripts.bytes()).toBeLessThanOrEqual(112 * KIB);
});

test('a conversation that is opened directly loads 120 KB of script at the most, and nothing that nobody asked for', async () => {
  await using visit = await firstLoad(new URL(ada.page.url()).pathname.replace('/people/', '/with/'), ada);
  await visit.page.getByRole('log').getByRole('group').filter({ hasText: 'Hello' }).waitFor();
  await visit.page.getByPlaceholder('Write a message').fill('There is no need to wait');
  expect(visit.scripts.names()).toContain('conversation-screen');
  expect(visit.scripts.bytes()).toBeLessThanOrEqual(120 * KIB);
  const asked = visit.scripts
    .names()
    .filter((name) => /menu|emoji|dialog|settings|conversation-search|inbox|people-list|memory|later|^de$/.test(name));
  expect(asked).toEqual([]);
});
