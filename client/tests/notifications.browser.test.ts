import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Someone } from './people.ts';
import { open, startWith } from './platform.ts';

let platform: Awaited<ReturnType<typeof startWith<'Ada' | 'Bob'>>>;
let ada: Someone;
let bob: Someone;

beforeAll(async () => {
  platform = await startWith('Ada', 'Bob');
  ({ Ada: ada, Bob: bob } = platform.people);
  await ada.context.grantPermissions(['notifications'], { origin: platform.url });
  await open(bob, ada);
});

afterAll(() => platform?.[Symbol.asyncDispose]());

const icon = () => ada.page.evaluate(() => document.querySelector<HTMLLinkElement>('link[rel~=icon]')?.href ?? '');

test('nobody is asked for anything before somebody wrote; then quietly, and whoever says no is not asked again', async () => {
  const banner = ada.page.getByRole('region', { name: 'Notifications' });
  expect(await banner.count()).toBe(0);
  await bob.say('Anybody there?');
  await banner.waitFor();
  await ada.expectAccessible('the question about notifications');
  await banner.getByRole('button', { name: 'Not now' }).click();
  await bob.say('Hello?');
  await ada.page.getByRole('img', { name: '2 unread messages' }).waitFor();
  expect(await banner.count()).toBe(0);
});

test('what is unread shows in the title and on the icon of the tab', async () => {
  await expect.poll(() => ada.page.title()).toBe('(2) Parley');
  await expect.poll(icon).toMatch(/^data:image\/png/);
});

test('the inbox holds what waits, and one press reads all of it', async () => {
  await ada.page.getByRole('link', { name: /^Notifications/ }).click();
  await ada.page
    .getByRole('list', { name: 'Notifications' })
    .getByRole('link', { name: /Bob.*Hello\?/ })
    .waitFor();
  await ada.expectAccessible('the inbox');
  await ada.page.getByRole('button', { name: 'Mark all as read' }).click();
  await bob.tick('Hello?', 'read');
  await expect.poll(() => ada.page.title()).toBe('Parley');
  await expect.poll(icon).not.toMatch(/^data:/);
  await ada.page.getByRole('link', { name: 'Back' }).click();
});

test('while the page is out of sight the browser notifies, unless nobody is to be disturbed', async () => {
  await ada.page.evaluate(() => {
    const said: string[] = [];
    Object.assign(window, { said });
    window.Notification = class extends window.Notification {
      constructor(title: string, options?: NotificationOptions) {
        super(title, options);
        said.push(`${title}: ${options?.body}`);
      }
    };
    document.hasFocus = () => false;
    dispatchEvent(new Event('blur'));
  });
  const said = () => ada.page.evaluate(() => (window as unknown as { said: string[] }).said);
  await ada.page.getByRole('link', { name: 'Settings' }).click();
  await ada.page.getByText('Show notifications').click();
  await expect.poll(() => ada.page.getByRole('switch', { name: /Show notifications/ }).isChecked()).toBe(true);
  await bob.say('One for the road');
  await expect.poll(said).toEqual(['Bob: One for the road']);

  await ada.page.getByRole('button', { name: 'For an hour' }).click();
  await ada.page.getByText(/On until/).waitFor();
  await ada.expectAccessible('the settings');
  await bob.say('Psst');
  await ada.page.getByRole('link', { name: /Psst/ }).waitFor();
  await ada.page.getByRole('button', { name: 'Turn it off' }).click();
  await ada.page.getByText('No sound and no notification').waitFor();
  await bob.say('Awake again?');
  await expect.poll(said).toEqual(['Bob: One for the road', 'Bob: Awake again?']);
});

test('whoever hides what they read shows nothing of it', async () => {
  await ada.page.getByText('Show what I have read').click();
  await expect.poll(() => ada.page.getByRole('switch', { name: /Show what I have read/ }).isChecked()).toBe(false);
});

test('a German page is German all over, and says in German what the server refuses', async () => {
  await ada.page.getByText('Deutsch').click();
  await ada.page.getByRole('heading', { name: 'Privatsphäre' }).waitFor();
  await ada.expectAccessible('the settings in German');
  await ada.page.getByLabel('Bisheriges Passwort', { exact: true }).fill('nothing like it');
  await ada.page.getByLabel('Neues Passwort', { exact: true }).fill('1234');
  await ada.page.getByRole('button', { name: 'Passwort ändern' }).click();
  await ada.page.getByText(/Das Passwort stimmt nicht|Ein Passwort hat mindestens/).waitFor();
  expect(await ada.page.getAttribute('html', 'lang')).toBe('de');
});

test('a dark page is dark before anything is painted', async () => {
  await ada.page.getByText('Dunkel', { exact: true }).click();
  await ada.page.reload({ waitUntil: 'commit' });
  await expect.poll(() => ada.page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark');
  await ada.page.getByRole('heading', { name: 'Einstellungen' }).waitFor();
  expect(await ada.page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(18, 21, 23)');
});

test('on a phone one thing is shown at a time, down to 320 pixels', async () => {
  await ada.page.getByText('English').click();
  await ada.page.setViewportSize({ width: 320, height: 640 });
  await ada.page.getByRole('link', { name: 'Back' }).click();
  await ada.page.getByRole('list', { name: 'Chats' }).getByRole('link', { name: /Bob/ }).click();
  await ada.page.getByRole('button', { name: /^Bob/ }).click();
  const details = ada.page.getByRole('complementary', { name: 'Details' });
  await details.waitFor();
  await ada.expectAccessible('details on a phone');
  await details.getByRole('button', { name: 'Close' }).click();
  const { scrollWidth, clientWidth } = await ada.page.evaluate(() => document.documentElement);
  expect(scrollWidth).toBe(clientWidth);
});

test('no page complained', () => {
  expect([...ada.faults, ...bob.faults]).toEqual([]);
});
