import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { privateFolder, type Started, start } from '../../platform/tests/parley.ts';
import { openBrowser, personAt, type Someone } from './people.ts';

let folder: ReturnType<typeof privateFolder>;
let parley: Started;
let url: string;
let browser: Browser;
let ada: Someone;
let bob: Someone;
/** Another tab of Ada's browser. */
let other: Tab;

beforeAll(async () => {
  folder = privateFolder();
  parley = start({ data: folder.path });
  [url, browser] = await Promise.all([parley.url(), openBrowser()]);
  [ada, bob] = [await personAt(browser, url, 'Ada'), await personAt(browser, url, 'Bob')];
});

afterAll(async () => {
  await browser?.close();
  await parley?.stop();
  folder?.[Symbol.dispose]();
});

/** A loaded machine takes its time; nothing here is about how long. */
const soon = { timeout: 20_000 };

type Tab = Awaited<ReturnType<typeof openTab>>;

/** Sockets that a page has open. */
function watchSockets(page: Page) {
  const open = new Set<unknown>();
  page.on('websocket', (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  return open;
}

async function openTab(someone: Someone, path: string) {
  const page = await someone.context.newPage();
  page.setDefaultTimeout(30_000);
  page.on('pageerror', (error) => someone.faults.push(String(error)));
  const sockets = watchSockets(page);
  await page.goto(`${url}${path}`);
  const field = page.getByPlaceholder('Write a message');
  return {
    page,
    sockets,
    field,
    async say(text: string) {
      await field.fill(text);
      await field.press('Enter');
    },
    bubble: (text: string) => page.getByRole('log').getByRole('group').filter({ hasText: text }),
  };
}

const texts = async (page: Page, pattern: RegExp) =>
  (await page.getByRole('log').getByRole('group').allInnerTexts()).flatMap((text) => pattern.exec(text)?.[0] ?? []);
const numbered = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => `No. ${first + index}.`);

test('one tab has the sockets, and the other one shows all that it hears', async () => {
  const first = watchSockets(ada.page);
  await Promise.all([ada.signUp(), bob.signUp()]);
  await ada.page.getByRole('link', { name: 'People', exact: true }).click();
  await ada.page.getByRole('link', { name: /Bob.*online/ }).click();
  await ada.say('Hello Bob');
  await ada.tick('Hello Bob', 'delivered');
  other = await openTab(ada, new URL(ada.page.url()).pathname);
  await other.bubble('Hello Bob').waitFor();
  await bob.page.getByRole('link', { name: /Ada/ }).click();
  await bob.say('Hello to all your tabs');
  for (const tab of [ada, other]) await tab.bubble('Hello to all your tabs').waitFor();
  await bob.field.pressSequentially('And');
  for (const { page } of [ada, other]) await page.getByText('Bob is typing').waitFor();
  await bob.field.fill('');
  await other.page.getByText('online', { exact: true }).first().waitFor();
  expect([first.size, other.sockets.size]).toEqual([2, 0]);
});

test('[D2] [D3] what is written in both tabs is sent once, in the order of writing', async () => {
  for (const [index, text] of numbered(1, 10).entries()) {
    const [writing, watching] = index % 2 ? [ada, other] : [other, ada];
    await writing.say(text);
    // Written is what the other tab shows already: two Enters within the same moments have no order.
    await watching.bubble(text).waitFor();
  }
  await bob.bubble('No. 10.').waitFor();
  for (const page of [bob.page, ada.page, other.page]) await expect.poll(() => texts(page, /No\. \d+\./), soon).toEqual(numbered(1, 10));
  await bob.bubble('No. 10.').click({ button: 'right' });
  await bob.page.getByRole('menuitemcheckbox', { name: 'React with 👍' }).click();
  for (const tab of [ada, other]) await tab.page.getByRole('button', { name: '👍, 1 reaction' }).waitFor();
});

test('[D7] when the tab that has the sockets goes, the other one has them, and what was typed meanwhile is sent once', async () => {
  await ada.field.fill('No. 11.');
  await other.field.fill('No. 12.');
  await ada.field.press('Enter');
  const closed = ada.page.close({ runBeforeUnload: false });
  await other.field.press('Enter');
  await closed;
  await other.say('No. 13.');
  await bob.bubble('No. 13.').waitFor();
  await expect.poll(() => other.sockets.size, soon).toBe(2);
  // The eleventh may have gone with its tab before it was safe; then nobody shows it.
  await expect
    .poll(async () => (await texts(other.page, /No\. \d+\./)).join() === (await texts(bob.page, /No\. \d+\./)).join(), soon)
    .toBe(true);
  const arrived = await texts(bob.page, /No\. \d+\./);
  expect(arrived).toEqual(expect.arrayContaining(['No. 12.', 'No. 13.']));
  expect(new Set(arrived).size).toBe(arrived.length);
});

test('[D7] a tab that is frozen loses the sockets to the one that somebody writes in', async () => {
  const third = await openTab(ada, new URL(other.page.url()).pathname);
  await third.bubble('No. 13.').waitFor();
  const devtools = await ada.context.newCDPSession(other.page);
  await devtools.send('Debugger.enable');
  await devtools.send('Debugger.pause');
  await third.say('No. 14.');
  await bob.bubble('No. 14.').waitFor();
  await expect.poll(() => third.sockets.size, soon).toBe(2);
  await devtools.send('Debugger.disable');
  await other.bubble('No. 14.').waitFor();
  await expect.poll(() => other.sockets.size, soon).toBe(0);
  await other.say('No. 15.');
  await bob.bubble('No. 15.').waitFor();
  expect((await texts(bob.page, /No\. 1[45]\./)).length).toBe(2);
  await other.page.close();
  other = third;
});

test('a draft that was begun in one tab is marked in the other', async () => {
  const list = await openTab(ada, '/');
  await other.field.fill('Begun and not sent');
  await list.page.getByRole('link', { name: /Bob.*Draft.*Begun and not sent/ }).waitFor();
  await other.field.fill('');
  await list.page.close();
});

test('a draft is the same in every tab, and outlives the ones in which nobody wrote', async () => {
  const { pathname } = new URL(other.page.url());
  const second = await openTab(ada, pathname);
  await second.field.waitFor();
  await other.field.fill('Begun in one');
  await expect.poll(() => second.field.inputValue(), soon).toBe('Begun in one');
  await other.page.close();
  await second.page.goto(url);
  await second.page.getByRole('link', { name: /Bob.*Draft.*Begun in one/ }).click();
  await expect.poll(() => second.field.inputValue(), soon).toBe('Begun in one');
  await second.field.fill('');
  other = second;
});

test('[D8] [MV2] whoever is signed out elsewhere is signed out here, in every tab', async () => {
  const list = await openTab(ada, '/');
  const elsewhere = await personAt(browser, url, 'Ada');
  await elsewhere.page.goto(url);
  await elsewhere.page.getByLabel('User name or e-mail').fill('ada');
  await elsewhere.page.getByLabel('Password', { exact: true }).fill('correct horse battery staple');
  await elsewhere.page.getByRole('button', { name: 'Sign in' }).click();
  await elsewhere.page.getByRole('link', { name: /Bob/ }).waitFor();
  await elsewhere.page.getByRole('link', { name: 'Settings' }).click();
  await elsewhere.page.getByRole('button', { name: 'Sign out everywhere else' }).click();
  for (const { page } of [list, other]) await page.getByRole('heading', { name: 'Welcome back' }).waitFor();
  await expect.poll(() => list.page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name)), soon).toEqual([]);
});

test('no page complained', () => {
  expect([...ada.faults, ...bob.faults]).toEqual([]);
});
