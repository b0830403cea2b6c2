import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { privateFolder, type Started, start } from '../../platform/tests/parley.ts';
import { openBrowser, password, personAt, type Someone } from './people.ts';

let folder: ReturnType<typeof privateFolder>;
let parley: Started;
let url: string;
let browser: Browser;
let ada: Someone;
let bob: Someone;

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

test('two people sign up, and what is wrong is said next to the field', async () => {
  await ada.page.goto(url);
  await ada.page.getByRole('link', { name: 'Create account' }).click();
  await ada.expectAccessible('sign up');
  await ada.signUp();
  await ada.expectAccessible('an empty list');
  await bob.page.goto(`${url}/sign-up`);
  await bob.page.getByLabel('User name').fill('ada');
  await bob.page.getByLabel('Your name').fill('Bob');
  await bob.page.getByLabel('E-mail').fill('bob@parley.test');
  await bob.page.getByLabel('Password', { exact: true }).fill(password);
  await bob.page.getByRole('button', { name: 'Create account' }).click();
  await bob.page.getByText('This user name is taken.').waitFor();
  expect(await bob.page.getByLabel('User name').getAttribute('aria-invalid')).toBe('true');
  await bob.signUp();
});

test('they find each other, see each other come, talk, and see how far it got', async () => {
  await ada.page.getByRole('link', { name: 'People', exact: true }).click();
  await ada.page.getByRole('link', { name: /Bob.*online/ }).click();
  await ada.say('Are you there?');
  await ada.tick('Are you there?', 'delivered');
  await bob.page.getByText('Are you there?').first().waitFor();
  await bob.page.getByRole('img', { name: '1 unread message' }).waitFor();
  expect(await bob.page.title()).toBe('(1) Parley');
  await bob.page.getByRole('link', { name: /Ada/ }).click();
  await ada.tick('Are you there?', 'read');
  await bob.field.pressSequentially('I am');
  await ada.page.getByText('Bob is typing').waitFor();
  await bob.field.press('Enter');
  await ada.bubble('I am').waitFor();
  await ada.page.getByText('Bob is typing').waitFor({ state: 'hidden' });
  expect(await bob.page.title()).toBe('Parley');
});

test('they answer, change, take back and react', async () => {
  await bob.bubble('Are you there?').click({ button: 'right' });
  await bob.page.getByRole('menuitem', { name: 'Reply' }).click();
  await bob.say('As you see');
  await ada.bubble('As you see').getByText('Are you there?').waitFor();
  await ada.bubble('I am').first().press('Enter');
  await ada.page.getByRole('menuitemcheckbox', { name: 'React with 👍' }).click();
  await bob.page.getByRole('button', { name: '👍, 1 reaction' }).waitFor();
  await bob.bubble('I am').first().click({ button: 'right' });
  await bob.page.getByRole('menuitem', { name: 'Edit' }).click();
  await bob.field.fill('I always am');
  await bob.field.press('Enter');
  await ada.bubble('I always am').getByText('edited').waitFor();
  await bob.say('Wrong window');
  await bob.tick('Wrong window', 'read');
  await bob.bubble('Wrong window').click({ button: 'right' });
  await bob.page.getByRole('menuitem', { name: 'Delete…' }).click();
  await bob.page.getByRole('button', { name: 'Delete for you and Ada' }).click();
  await ada.bubble('This message was deleted').waitFor();
  expect(await ada.page.getByText('Wrong window').count()).toBe(0);
});

test('nothing is wrong with it for whoever uses it in another way', async () => {
  await ada.expectAccessible('a conversation');
  await ada.bubble('I always am').press('Enter');
  await ada.page.getByRole('menu').waitFor();
  await ada.expectAccessible('a menu');
  await ada.page.keyboard.press('Escape');
  await ada.page.setViewportSize({ width: 320, height: 640 });
  await ada.expectAccessible('a conversation on a phone');
  await ada.page.getByRole('link', { name: 'Back' }).click();
  await ada.page.getByRole('list', { name: 'People' }).waitFor();
  await ada.page.getByRole('link', { name: 'Chats' }).click();
  await ada.page.getByRole('list', { name: 'Chats' }).waitFor();
  const { scrollWidth, clientWidth } = await ada.page.evaluate(() => document.documentElement);
  expect(scrollWidth).toBe(clientWidth);
  await ada.expectAccessible('the list on a phone');
  await ada.page.setViewportSize({ width: 1280, height: 800 });
  await ada.page.getByRole('link', { name: 'Settings' }).click();
  await ada.expectAccessible('the settings');
  await ada.page.getByText('Dark', { exact: true }).click();
  const background = () => ada.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  expect(await background()).toBe('rgb(18, 21, 23)');
  await ada.page.getByText('Deutsch').click();
  await ada.page.getByRole('heading', { name: 'Einstellungen' }).waitFor();
  await ada.page.getByText('English').click();
  await ada.page.getByRole('heading', { name: 'Settings' }).waitFor();
  await ada.page.getByText('System', { exact: true }).click();
});

test('[D2] [D7] what is written while the platform is away is kept, and sent once when it is back', async () => {
  await ada.page.getByRole('link', { name: 'Chats' }).click();
  await ada.page.getByRole('link', { name: /Bob/ }).click();
  await parley.stop();
  await ada.say('Written into the dark');
  await ada.tick('Written into the dark', 'sending');
  await ada.page.getByText(/What you write is kept/).waitFor();
  await ada.field.fill('A draft');
  parley = start({ data: folder.path, port: Number(new URL(url).port) });
  await parley.url();
  await ada.tick('Written into the dark', 'read');
  await bob.bubble('Written into the dark').waitFor();
  await ada.page.getByText(/What you write is kept/).waitFor({ state: 'hidden' });
  for (const someone of [ada, bob]) expect(await someone.bubble('Written into the dark').count()).toBe(1);

  await ada.page.reload();
  await ada.bubble('Written into the dark').waitFor();
  expect(await ada.bubble('Written into the dark').count()).toBe(1);
  expect(await ada.field.inputValue()).toBe('A draft');
});

test('[D8] whoever signs out leaves nothing behind', async () => {
  await ada.page.getByRole('link', { name: 'Settings' }).click();
  await ada.page.getByRole('button', { name: 'Sign out' }).click();
  await ada.page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
  await ada.page.getByRole('heading', { name: 'Welcome back' }).waitFor();
  await expect.poll(() => ada.page.evaluate(leftBehind)).toEqual({ keys: [], rows: 0 });
  await ada.page.getByLabel('User name or e-mail').fill('ada');
  await ada.page.getByLabel('Password', { exact: true }).fill('not this one');
  await ada.page.getByRole('button', { name: 'Sign in' }).click();
  await ada.page.getByText('The name or the password is not right.').waitFor();
  await ada.page.getByLabel('Password', { exact: true }).fill(password);
  await ada.page.getByRole('button', { name: 'Sign in' }).click();
  await ada.page.getByRole('link', { name: /Bob/ }).waitFor();
});

test('no page complained', () => {
  expect([...ada.faults, ...bob.faults]).toEqual([]);
});

/** In the browser: what it keeps. */
async function leftBehind() {
  let rows = 0;
  for (const { name = '' } of await indexedDB.databases()) {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(name);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    for (const store of database.objectStoreNames) {
      rows += await new Promise<number>((resolve) => {
        const request = database.transaction(store).objectStore(store).count();
        request.onsuccess = () => resolve(request.result);
      });
    }
    database.close();
  }
  // How this browser's owner likes it belongs to no account.
  return { keys: Object.keys(localStorage).filter((key) => key !== 'parley.preferences'), rows };
}
