import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Someone } from './people.ts';
import { open, startWith } from './platform.ts';

let platform: Awaited<ReturnType<typeof startWith<'Ada' | 'Bob'>>>;
let ada: Someone;
let bob: Someone;

beforeAll(async () => {
  platform = await startWith('Ada', 'Bob');
  ({ Ada: ada, Bob: bob } = platform.people);
  await open(bob, ada);
  await bob.say('שלום עדה! מה שלומך היום?');
  await bob.say('https://parley.test/a/very/long/address/that/has/no/place/to/break/and/goes/on/and/on/and/on/for/ever');
  await bob.tick('https://parley.test', 'delivered');
  await ada.context.addInitScript(() => {
    const turn = () => document.documentElement.setAttribute('dir', 'rtl');
    if (document.documentElement) turn();
    else document.addEventListener('readystatechange', turn);
  });
  await ada.page.reload();
});

afterAll(() => platform?.[Symbol.asyncDispose]());

/** What can be scrolled sideways, the page itself or a part of it; blocks of code may be. */
const scrolledSideways = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('*')]
      .filter((element) => element === document.documentElement || /auto|scroll/.test(getComputedStyle(element).overflowX))
      .filter(({ tagName, scrollWidth, clientWidth }) => tagName !== 'PRE' && clientWidth > 0 && scrollWidth > clientWidth + 1)
      .map(({ outerHTML }) => outerHTML.slice(0, 200)),
  );
/** What sticks out of the window, where nothing would scroll to it. */
const cutOff = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('button, a, h1, h2, input, textarea, [role=img]')]
      .filter((element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !element.closest('.sr-only'))
      .filter((element) => {
        const { left, right, width } = element.getBoundingClientRect();
        return width > 1 && (left < -1 || right > innerWidth + 1);
      })
      .map(({ outerHTML }) => outerHTML.slice(0, 200)),
  );
const widths = [320, 900, 1440];
async function expectFitting(page: Page, screen: string) {
  for (const width of widths) {
    await page.setViewportSize({ width, height: 760 });
    const found = async () => [...(await scrolledSideways(page)), ...(await cutOff(page))];
    await expect.poll(found, { message: `${screen}, ${width} pixels`, timeout: 10_000 }).toEqual([]);
  }
  await page.setViewportSize({ width: 1440, height: 800 });
}
const middle = async (locator: Locator) => {
  const { x, width } = (await locator.first().boundingBox()) as { x: number; width: number };
  return x + width / 2;
};
/** Whether an icon is drawn the other way. */
const isMirrored = (locator: Locator) =>
  locator.first().evaluate((element) => {
    const svg = element.querySelector('svg') as SVGElement;
    return getComputedStyle(svg).scale.startsWith('-1') || new DOMMatrix(getComputedStyle(svg).transform).a < 0;
  });

test('no screen scrolls sideways or is cut off where people read from right to left', async () => {
  const { page } = ada;
  await page.getByRole('list', { name: 'Chats' }).getByRole('link', { name: /Bob/ }).waitFor();
  await expectFitting(page, 'the list');
  await page.getByRole('list', { name: 'Chats' }).getByRole('link', { name: /Bob/ }).click();
  await ada.bubble('שלום').waitFor();
  await expectFitting(page, 'a conversation');
  await ada.bubble('שלום').click({ button: 'right' });
  await page.getByRole('menu').waitFor();
  await expectFitting(page, 'the menu of a message');
  await page.getByRole('menuitem', { name: 'Report…' }).click();
  await page.getByRole('dialog').waitFor();
  await expectFitting(page, 'a dialog');
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'People', exact: true }).click();
  await page.getByRole('list', { name: 'People' }).waitFor();
  await expectFitting(page, 'the people');
  await page.getByRole('link', { name: /^Notifications/ }).click();
  await page.getByRole('link', { name: 'Back' }).waitFor();
  await expectFitting(page, 'the inbox');
  await page.getByRole('link', { name: 'Back' }).click();
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('heading', { name: 'Settings' }).waitFor();
  await expectFitting(page, 'the settings');
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').waitFor();
  await expectFitting(page, 'the switcher');
  await page.keyboard.press('Escape');
  const guest = await ada.context.browser()?.newContext({ locale: 'en-GB' });
  const stranger = await guest?.newPage();
  if (!guest || !stranger) throw new Error('there is no browser');
  await guest.addInitScript(() => addEventListener('DOMContentLoaded', () => document.documentElement.setAttribute('dir', 'rtl')));
  for (const [path, button] of [
    ['/', 'Sign in'],
    ['/sign-up', 'Create account'],
  ] as const) {
    await stranger.goto(`${platform.url}${path}`);
    await stranger.getByRole('button', { name: button }).waitFor();
    await expectFitting(stranger, button);
  }
  await guest.close();
});

test('what stands on one side stands on the other: the list, the bubbles, the field, and where icons point', async () => {
  const { page } = ada;
  await page.getByRole('link', { name: 'Chats' }).click();
  await page.getByRole('list', { name: 'Chats' }).getByRole('link', { name: /Bob/ }).click();
  await ada.say('From me');
  await ada.tick('From me', 'read');
  const half = 1440 / 2;
  expect(await middle(page.getByRole('list', { name: 'Chats' }))).toBeGreaterThan(half);
  expect(await middle(page.getByRole('complementary', { name: 'Details' }))).toBeLessThan(half);
  const [mine, theirs] = [await middle(ada.bubble('From me')), await middle(ada.bubble('שלום'))];
  expect(mine).toBeLessThan(theirs);
  const send = page.getByRole('button', { name: 'Send' });
  expect(await middle(send)).toBeLessThan(await middle(ada.field));
  expect(await isMirrored(send)).toBe(true);
  const row = page.getByRole('list', { name: 'Chats' }).getByRole('link', { name: /Bob/ });
  expect(await middle(row.locator('time'))).toBeLessThan(await middle(row.getByText('Bob')));
  await page.emulateMedia({ reducedMotion: 'reduce' });
  // A menu hangs from the side where its thing begins.
  const header = page.getByRole('button', { name: 'More', exact: true });
  await header.click();
  const menu = (await page.getByRole('menu').boundingBox()) as { x: number; width: number };
  const anchor = (await header.boundingBox()) as { x: number; width: number };
  expect(Math.abs(menu.x + menu.width - (anchor.x + anchor.width))).toBeLessThan(2);
  await page.keyboard.press('Escape');
  // Ticks are signs, not directions.
  expect(
    await ada
      .bubble('From me')
      .locator('[data-progress] svg')
      .evaluate((svg) => getComputedStyle(svg).scale),
  ).toBe('none');
});

test('each text is read in its own direction, whatever the page’s', async () => {
  const endsAt = (text: string, sign: string) =>
    ada.bubble(text).evaluate((bubble, wanted) => {
      const walker = document.createTreeWalker(bubble, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const at = node.textContent?.lastIndexOf(wanted) ?? -1;
        if (at < 0) continue;
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + 1);
        const first = document.createRange();
        first.setStart(node, 0);
        first.setEnd(node, 1);
        return range.getBoundingClientRect().left < first.getBoundingClientRect().left ? 'left' : 'right';
      }
      return 'nowhere';
    }, sign);
  await ada.say('Where are you?');
  await ada.tick('Where are you?', 'read');
  expect([await endsAt('שלום', '?'), await endsAt('Where', '?')]).toEqual(['left', 'right']);
});

test('what is written in another direction than the page’s does not run under the button in the field', async () => {
  const button = (await ada.page.getByRole('button', { name: 'Emoji', exact: true }).boundingBox()) as { x: number; width: number };
  for (const text of ['', 'Where are you?', 'איפה את?']) {
    await ada.field.fill(text);
    const written = await ada.field.evaluate((field) => {
      const { left, right } = field.getBoundingClientRect();
      const { paddingLeft, paddingRight } = getComputedStyle(field);
      return { left: left + Number.parseFloat(paddingLeft), right: right - Number.parseFloat(paddingRight) };
    });
    expect(written.left >= button.x + button.width || written.right <= button.x, text).toBe(true);
  }
  await ada.field.fill('');
});

test('no page complained', () => {
  expect([...ada.faults, ...bob.faults]).toEqual([]);
});
