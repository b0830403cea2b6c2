import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { privateFolder, type Started, start } from '../../platform/tests/parley.ts';
import { openBrowser, password, personAt, type Someone } from './people.ts';
import { startReleases } from './releases.ts';

let folder: ReturnType<typeof privateFolder>;
let parley: Started;
let url: string;
let releases: Awaited<ReturnType<typeof startReleases>>;
let browser: Browser;
let ada: Someone;
let bob: Someone;

/** The real command behind a server that stays, as NGINX does in a cluster. */
async function startParley(port?: number) {
  parley = start({ data: folder.path, ...(port && { port }), environment: { ALLOWED_ORIGINS: releases.url } });
  const own = await parley.url();
  releases.standBefore(own);
  return own;
}

beforeAll(async () => {
  folder = privateFolder();
  releases = await startReleases();
  await startParley();
  url = releases.url;
  browser = await openBrowser();
  [ada, bob] = [await personAt(browser, url, 'Ada'), await personAt(browser, url, 'Bob')];
});

afterAll(async () => {
  await browser?.close();
  await parley?.stop();
  await releases?.[Symbol.asyncDispose]();
  folder?.[Symbol.dispose]();
});

const underWorker = ({ page }: Someone) => page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated');

test('the page keeps itself on the device, and no answer of the server', async () => {
  await Promise.all([ada.signUp(), bob.signUp()]);
  await ada.page.getByRole('link', { name: 'People', exact: true }).click();
  await ada.page.getByRole('link', { name: /Bob.*online/ }).click();
  await ada.say('Said while there was a network');
  await ada.tick('Said while there was a network', 'delivered');
  await bob.page.getByRole('link', { name: /Ada/ }).click();
  await bob.say('And answered');
  await ada.bubble('And answered').waitFor();
  await Promise.all([ada, bob].map(underWorker));
  const kept = await ada.page.evaluate(async () => {
    const names = await caches.keys();
    const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return requests.flat().map((request) => new URL(request.url).pathname);
  });
  expect(kept).toContain('/index.html');
  expect(kept.filter((path) => /^\/(api|ws)/.test(path))).toEqual([]);
});

test('no text can become a script', async () => {
  const refused = await ada.page.evaluate(() => {
    try {
      document.createElement('script').text = 'alert(1)';
      return 'taken';
    } catch (error) {
      return (error as Error).name;
    }
  });
  expect(refused).toBe('TypeError');
  ada.faults.length = 0;
});

test('[D2] [D7] without a network it opens, shows what it has, and takes what is written', async () => {
  await parley.stop();
  await ada.page.goto(url);
  await ada.page.getByRole('link', { name: /Bob.*And answered/ }).click();
  await ada.bubble('Said while there was a network').waitFor();
  await ada.say('Written offline, first');
  await ada.tick('Written offline, first', 'sending');
  await ada.page.getByText(/What you write is kept.*1 message waits/).waitFor();
  await ada.page.reload();
  await ada.say('Written offline, second');
  await ada.tick('Written offline, second', 'sending');
  await ada.field.fill('A draft');
  await ada.page.getByRole('link', { name: 'Settings' }).click();
  await ada.page.getByRole('heading', { name: 'Settings' }).waitFor();
  await ada.page.goBack();
  await ada.page.reload();
  for (const text of ['And answered', 'Written offline, first', 'Written offline, second']) await ada.bubble(text).waitFor();
  expect(await ada.field.inputValue()).toBe('A draft');
  const search = ada.page.getByRole('searchbox', { name: 'Search' });
  await search.fill('there was a network');
  await ada.page
    .getByRole('list', { name: 'Messages' })
    .getByRole('button', { name: /Said while/ })
    .waitFor();
  await search.fill('');
  await ada.page.getByRole('link', { name: 'People', exact: true }).click();
  await ada.page.getByRole('list', { name: 'People' }).getByRole('link', { name: /Bob/ }).waitFor();
  await ada.page.goBack();
});

test('[D2] [D3] back online it is sent once, in the order of writing', async () => {
  await startParley();
  for (const text of ['Written offline, first', 'Written offline, second']) await bob.bubble(text).waitFor();
  await ada.tick('Written offline, second', 'read');
  const written = async ({ log }: Someone) =>
    (await log.getByRole('group').allInnerTexts()).flatMap((text) => /Written offline, \w+/.exec(text)?.[0] ?? []);
  for (const someone of [ada, bob]) expect(await written(someone)).toEqual(['Written offline, first', 'Written offline, second']);
  await ada.page.getByText(/What you write is kept/).waitFor({ state: 'hidden' });
});

test('[D10] a newer version is offered, leaves whoever writes alone, and loses neither draft nor what waits', async () => {
  const isNewer = ({ page }: Someone) => page.locator('meta[name=release]').count();
  await ada.field.fill('A draft that outlives it');
  releases.bringOut();
  await parley.stop();
  await startParley();
  // A connection that is back is a reason to look; so is somebody who looks again.
  await ada.page.evaluate(async () => void (await (await navigator.serviceWorker.ready).update()));
  await ada.page.getByText('A newer Parley is ready.').waitFor();
  expect(await isNewer(ada)).toBe(0);
  await ada.page.getByRole('button', { name: 'Load it' }).click();
  await ada.page.locator('meta[name=release]').waitFor({ state: 'attached' });
  expect(await ada.field.inputValue()).toBe('A draft that outlives it');
  await ada.bubble('Written offline, second').waitFor();
  await ada.page.getByText('A newer Parley is ready.').waitFor({ state: 'hidden' });
});

test('[D7] [D8] a session that was ended from elsewhere leaves what was never sent, to its author alone', async () => {
  const elsewhere = await personAt(browser, url, 'Ada');
  await signIn(elsewhere);
  await parley.stop();
  await ada.say('Never sent');
  await ada.tick('Never sent', 'sending');
  await ada.page.goto('about:blank');
  await startParley();
  await elsewhere.page.getByRole('link', { name: 'Settings' }).click();
  await elsewhere.page.getByRole('button', { name: 'Sign out everywhere else' }).click();
  await elsewhere.page.getByRole('button', { name: 'Sign out everywhere else' }).waitFor({ state: 'hidden' });
  await ada.page.goto(url);
  await ada.page.getByRole('heading', { name: 'Welcome back' }).waitFor();

  await ada.page.goto(`${url}/sign-up`);
  const cyd = { ...ada, userName: 'cyd' };
  await ada.page.getByLabel('Your name').fill('Cyd');
  await ada.page.getByLabel('User name').fill(cyd.userName);
  await ada.page.getByLabel('E-mail').fill('cyd@parley.test');
  await ada.page.getByLabel('Password', { exact: true }).fill(password);
  await ada.page.getByRole('button', { name: 'Create account' }).click();
  await ada.page.getByText('No conversations yet').waitFor();
  expect(await ada.page.getByText(/Never sent|And answered/).count()).toBe(0);
  await ada.page.getByRole('link', { name: 'Settings' }).click();
  await ada.page.getByRole('button', { name: 'Sign out' }).first().click();
  await ada.page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
  await ada.page.getByRole('heading', { name: 'Welcome back' }).waitFor();

  await signIn(ada);
  await bob.bubble('Never sent').waitFor();
  expect(await bob.bubble('Never sent').count()).toBe(1);
});

test('no page complained', () => {
  expect([...ada.faults, ...bob.faults]).toEqual([]);
});

async function signIn({ page, userName }: Someone) {
  await page.goto(url);
  await page.getByLabel('User name or e-mail').fill(userName);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('link', { name: /Bob/ }).waitFor();
}
