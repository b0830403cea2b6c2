import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeCodes } from '../../common/src/contracts/errors.ts';
import { privateFolder, type Started, start } from '../../platform/tests/parley.ts';
import { openBrowser, personAt, type Someone } from './people.ts';
import { startReleases } from './releases.ts';

let folder: ReturnType<typeof privateFolder>;
let parley: Started;
let releases: Awaited<ReturnType<typeof startReleases>>;
let browser: Browser;
let ada: Someone;
/** The server takes no client of this version any more. */
let outdated = false;

beforeAll(async () => {
  folder = privateFolder();
  releases = await startReleases();
  parley = start({ data: folder.path, environment: { ALLOWED_ORIGINS: releases.url } });
  releases.standBefore(await parley.url());
  browser = await openBrowser();
  ada = await personAt(browser, releases.url, 'Ada');
  // A clock that can be put forward, so that nobody has to sit still for a minute.
  await ada.page.addInitScript(() => {
    const now = Date.now;
    let ahead = 0;
    Date.now = () => now() + ahead;
    Object.assign(window, { later: () => (ahead += 90_000) });
  });
  await ada.page.routeWebSocket(/\/ws\//, (socket) => {
    if (outdated) return void socket.close({ code: closeCodes['outdated-client'].code });
    const server = socket.connectToServer();
    socket.onMessage((message) => server.send(message));
    server.onMessage((message) => socket.send(message));
    sockets.add(() => socket.close({ code: closeCodes['going-away'].code }));
  });
  await ada.signUp();
  await ada.page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated');
});

afterAll(async () => {
  await browser?.close();
  await parley?.stop();
  await releases?.[Symbol.asyncDispose]();
  folder?.[Symbol.dispose]();
});

const sockets = new Set<() => void>();
/** The sockets are cut, and come back to whatever the server says by then. */
const cut = () => {
  for (const close of sockets) close();
  sockets.clear();
};
const later = () => ada.page.evaluate(() => void (window as unknown as { later: () => void }).later());
const release = () =>
  ada.page
    .locator('meta[name=release]')
    .getAttribute('content', { timeout: 1_000 })
    .catch(() => null);
const search = () => ada.page.getByRole('searchbox', { name: 'Search' });

test('[D10] a newer version that is found waits until nobody has touched the page for a while, and until nobody writes', async () => {
  await search().fill('Still looking for something');
  releases.bringOut('second');
  await later();
  cut();
  await ada.page.getByText('A newer Parley is ready.').waitFor();
  await later();
  expect([await release(), await search().inputValue()]).toEqual([null, 'Still looking for something']);
  await search().fill('');
  await later();
  await expect.poll(release, { timeout: 20_000 }).toBe('second');
  await ada.page.getByText('No conversations yet').waitFor();
});

test('[D10] a client that the server will not have back says so, and is replaced at a calm moment by the one that it will', async () => {
  await search().fill('In the middle of something');
  releases.bringOut('third');
  outdated = true;
  cut();
  await ada.page.getByText('There is a newer Parley. Load it to go on.').waitFor();
  expect([await release(), await search().inputValue()]).toEqual(['second', 'In the middle of something']);
  await search().fill('');
  outdated = false;
  // Out of sight is calm at once.
  await ada.page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { value: 'hidden' });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await expect.poll(release, { timeout: 20_000 }).toBe('third');
  await ada.page.getByText('No conversations yet').waitFor();
  await ada.page.getByText('There is a newer Parley.').waitFor({ state: 'hidden' });
});

test('[D10] a tab that was left as it is becomes the newer one when asked, and the device keeps its worker', async () => {
  const other = await ada.context.newPage();
  await other.goto(releases.url);
  await other.getByRole('searchbox', { name: 'Search' }).fill('In the middle of something here');
  releases.bringOut('fourth');
  await other.evaluate(async () => void (await (await navigator.serviceWorker.ready).update()));
  await ada.page.getByRole('button', { name: 'Load it' }).click();
  await expect.poll(release, { timeout: 20_000 }).toBe('fourth');
  // One that is taken away and made again is another object, and no push reaches the device any more.
  await ada.page.evaluate(async () => Object.assign(window, { registration: await navigator.serviceWorker.ready }));
  expect(await other.getByRole('searchbox', { name: 'Search' }).inputValue()).toBe('In the middle of something here');
  await other.getByRole('button', { name: 'Load it' }).click();
  await other.locator('meta[name=release][content=fourth]').waitFor({ state: 'attached' });
  expect(await ada.page.evaluate(async () => Object.is(Reflect.get(window, 'registration'), await navigator.serviceWorker.ready))).toBe(
    true,
  );
  await other.close();
});

test('[D10] where the server will not have the page back and has no worker beside it yet, whoever asks gets the page that it has', async () => {
  releases.bringOut('fifth', { withWorker: false });
  outdated = true;
  cut();
  await ada.page.getByText('There is a newer Parley. Load it to go on.').waitFor();
  outdated = false;
  await ada.page.getByRole('button', { name: 'Load it' }).click();
  await expect.poll(release, { timeout: 20_000 }).toBe('fifth');
  await ada.page.getByText('No conversations yet').waitFor();
});

test('[D10] whoever asks for the newer version gets it, also while the page keeps the older one busy', async () => {
  releases.bringOut('sixth');
  await ada.page.evaluate(async () => void (await (await navigator.serviceWorker.ready).update()));
  await ada.page.getByText('A newer Parley is ready.').waitFor();
  // Chromium forgets to let the older one go when a request starts it at the wrong moment: here there is always one.
  await ada.page.evaluate(() => {
    const ask = () => fetch(`/assets/none-${Math.random()}`).finally(ask);
    for (let asking = 0; asking < 8; asking++) void ask();
  });
  await ada.page.getByRole('button', { name: 'Load it' }).click();
  await expect.poll(release, { timeout: 20_000 }).toBe('sixth');
  await ada.page.getByText('No conversations yet').waitFor();
});

test('no page complained', () => {
  expect(ada.faults).toEqual([]);
});
