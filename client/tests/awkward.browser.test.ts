import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Someone } from './people.ts';
import { open, startWith } from './platform.ts';

const endless = 'W'.repeat(64);

let platform: Awaited<ReturnType<typeof startWith<'Ada' | 'Bob'>>>;
let ada: Someone;
let bob: Someone;

beforeAll(async () => {
  platform = await startWith('Ada', 'Bob');
  ({ Ada: ada, Bob: bob } = platform.people);
  await open(ada, bob);
  await bob.page.evaluate(async (displayName) => {
    const headers = { 'content-type': 'application/json' };
    await fetch('/api/users/me', { method: 'PATCH', headers, body: JSON.stringify({ displayName }) });
  }, endless);
  await ada.page.getByRole('heading', { level: 1, name: endless }).waitFor();
});

afterAll(() => platform?.[Symbol.asyncDispose]());

/** How far it sticks out of what holds it, on any side. */
async function beyond(inner: Locator, outer: Locator | undefined): Promise<number> {
  const box = await inner.boundingBox();
  const around = outer ? await outer.boundingBox() : { x: 0, y: 0, ...(inner.page().viewportSize() as { width: number; height: number }) };
  if (!box || !around) throw new Error('one of them is not shown');
  const out = [
    around.x - box.x,
    around.y - box.y,
    box.x + box.width - around.x - around.width,
    box.y + box.height - around.y - around.height,
  ];
  return Math.max(0, ...out);
}
const conversation = () => ada.page.getByRole('region', { name: endless });
const report = () => ada.page.getByRole('dialog');

test('a name that is as long as it may be and has no place to break stays where it belongs', async () => {
  const { page } = ada;
  for (const width of [320, 1000]) {
    await page.setViewportSize({ width, height: 700 });
    expect(await beyond(page.getByText(`Say hello to ${endless}`), conversation()), `${width} pixels`).toBe(0);
  }
  await ada.say('Hello');
  await ada.tick('Hello', 'delivered');
  for (const width of [320, 1000]) {
    await page.setViewportSize({ width, height: 700 });
    expect(await beyond(page.getByText('This is where'), conversation()), `${width} pixels`).toBe(0);
  }
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Report…' }).click();
  await report().waitFor();
  for (const width of [320, 1000]) {
    await page.setViewportSize({ width, height: 700 });
    expect(await beyond(report().getByRole('heading'), report()), `${width} pixels`).toBe(0);
    expect(await report().evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
  }
  await page.keyboard.press('Escape');
});

test('whoever has read nothing yet begins at the beginning', async () => {
  for (let number = 1; number <= 20; number++) await ada.say(`Message ${number}\n\nand some lines`);
  await ada.tick('Message 20', 'delivered');
  await bob.page.getByRole('link', { name: /Ada/ }).first().click();
  await expect.poll(() => bob.bubble('Hello').isVisible()).toBe(true);
  await expect.poll(() => beyond(bob.bubble('Hello'), bob.log)).toBe(0);
  await expect.poll(() => beyond(bob.page.getByText('New messages'), bob.log)).toBe(0);
  expect(await bob.bubble('Message 20').count()).toBe(0);
});

test('what opens over the page fits into a window that is magnified until little is left of it', async () => {
  const { page } = ada;
  await page.setViewportSize({ width: 360, height: 300 });
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menu').waitFor();
  expect(await beyond(page.getByRole('menu'), undefined), 'the menu').toBe(0);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Emoji', exact: true }).click();
  const picker = page.getByRole('dialog', { name: 'Emoji' });
  await picker.waitFor();
  expect(await beyond(picker, undefined), 'the emoji').toBe(0);
  await page.keyboard.press('Escape');
});

test('where the details cover the conversation, the way back leads out of them first', async () => {
  const { page } = ada;
  await page.setViewportSize({ width: 375, height: 700 });
  const details = page.getByRole('complementary', { name: 'Details' });
  const search = page.getByRole('complementary', { name: 'Search in this conversation' });
  await conversation().getByRole('heading', { level: 1 }).click();
  await details.waitFor();
  await details.getByRole('button', { name: 'Search in this conversation' }).click();
  await search.waitFor();
  await page.goBack();
  await search.waitFor({ state: 'detached' });
  await page.getByRole('log').waitFor();
  await page.goForward();
  await search.waitFor();
  await search.getByRole('button', { name: 'Close', exact: true }).click();
  await search.waitFor({ state: 'detached' });
  await page.goBack();
  await page.getByRole('list', { name: 'People' }).waitFor();
});

test('no page complained', () => {
  expect([...ada.faults, ...bob.faults]).toEqual([]);
});
