import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Someone } from './people.ts';
import { open, startWith } from './platform.ts';

let platform: Awaited<ReturnType<typeof startWith<'Ada' | 'Bob'>>>;
let ada: Someone;
let bob: Someone;

beforeAll(async () => {
  platform = await startWith('Ada', 'Bob');
  ({ Ada: ada, Bob: bob } = platform.people);
  await open(ada, bob);
  await ada.say('The café at the harbour opens at nine');
  for (const part of Array.from({ length: 40 }, (_, index) => index + 1)) await ada.say(`Line ${part} of a long story`);
  await ada.tick('Line 40 of a long story', 'delivered');
});

afterAll(() => platform?.[Symbol.asyncDispose]());

test('a message is found whatever its accents, and the conversation opens where it stands', async () => {
  await bob.page.getByRole('link', { name: 'Chats' }).click();
  const field = bob.page.getByRole('searchbox', { name: 'Search' });
  const hit = bob.page.getByRole('list', { name: 'Messages' }).getByRole('button', { name: /harbour/ });
  await field.fill('cafe');
  // The index is filled behind the store.
  await expect
    .poll(
      async () => {
        await field.fill('CAFE');
        await field.fill('cafe');
        return hit.waitFor({ timeout: 1_500 }).then(
          () => true,
          () => false,
        );
      },
      { timeout: 30_000 },
    )
    .toBe(true);
  expect(await hit.locator('mark').innerText()).toBe('café');
  await bob.expectAccessible('a search');
  await hit.click();
  await bob.bubble('The café at the harbour').waitFor();
  expect(await bob.bubble('Line 40 of').count()).toBe(0);
});

test('within a conversation the same, and people are found by name', async () => {
  await bob.page.getByRole('button', { name: 'Search in this conversation' }).first().click();
  const panel = bob.page.getByRole('complementary', { name: 'Search in this conversation' });
  await panel.getByRole('searchbox').fill('story 33');
  await panel.getByRole('button', { name: /Line 33/ }).click();
  await bob.bubble('Line 33 of').waitFor();
  await bob.expectAccessible('a search in a conversation');
  await panel.getByRole('searchbox').press('Escape');
  await panel.getByRole('searchbox').press('Escape');
  await panel.waitFor({ state: 'hidden' });
  await bob.page.getByRole('searchbox', { name: 'Search' }).fill('ad');
  await bob.page.getByRole('list', { name: 'Chats' }).getByRole('link', { name: /Ada/ }).waitFor();
});

test('two letters and Return lead to anybody', async () => {
  await bob.page.keyboard.press('Control+k');
  const field = bob.page.getByRole('combobox');
  await field.fill('se');
  await bob.page.getByRole('option', { name: 'Settings' }).waitFor();
  await bob.expectAccessible('the quick switcher');
  await field.press('Enter');
  await bob.page.getByRole('heading', { name: 'Settings' }).waitFor();
  await bob.page.keyboard.press('Control+k');
  await field.fill('ad');
  await bob.page.getByRole('option', { name: /Ada/ }).waitFor();
  await field.press('Enter');
  await bob.field.waitFor();
});

test('the keys are listed, and do what is said', async () => {
  await bob.page.keyboard.press('Control+/');
  await bob.page.getByRole('heading', { name: 'Keyboard shortcuts' }).waitFor();
  await bob.expectAccessible('the list of shortcuts');
  await bob.page.keyboard.press('Escape');
  await bob.page.keyboard.press('Control+,');
  await bob.page.getByRole('heading', { name: 'Settings' }).waitFor();
  await bob.page.keyboard.press('Alt+ArrowDown');
  await bob.field.waitFor();
});

test('emoji come by category, by name and by shortcode, and all of it by keyboard', async () => {
  await bob.field.pressSequentially('Ready :tad');
  await bob.page.getByRole('option', { name: ':tada:' }).waitFor();
  await bob.expectAccessible('the completion of an emoji');
  await bob.page.keyboard.press('Enter');
  await bob.field.pressSequentially('go :rocket:');
  await expect.poll(() => bob.field.inputValue()).toBe('Ready 🎉 go 🚀 ');
  await bob.page.getByRole('button', { name: 'Emoji' }).click();
  const search = bob.page.getByRole('searchbox', { name: 'Search emoji' });
  await search.waitFor();
  await bob.expectAccessible('the emoji picker');
  await search.fill('danke');
  await search.press('ArrowDown');
  await bob.page.keyboard.press('Enter');
  await expect.poll(() => bob.field.inputValue()).toBe('Ready 🎉 go 🚀 🙏');
  await bob.field.press('Enter');
  await bob.tick('Ready 🎉 go 🚀 🙏', 'read');
});

test('arrow up changes what I wrote last, and Escape leaves it as it was', async () => {
  await bob.field.press('ArrowUp');
  await bob.page.getByText('Editing').waitFor();
  await bob.page.keyboard.press('Escape');
  await bob.page.getByText('Editing').waitFor({ state: 'hidden' });
  await bob.field.press('ArrowUp');
  await bob.field.fill('Ready when you are');
  await bob.field.press('Enter');
  await ada.bubble('Ready when you are').getByText('edited').waitFor();
});

test('any emoji can be a reaction', async () => {
  await ada.bubble('Ready when you are').click({ button: 'right' });
  await ada.page.getByRole('menuitem', { name: 'More reactions' }).click();
  await ada.page.getByRole('searchbox', { name: 'Search emoji' }).fill('ferry');
  await ada.page.getByRole('searchbox', { name: 'Search emoji' }).press('Enter');
  await bob.page.getByRole('button', { name: '⛴️, 1 reaction' }).waitFor();
});

test('no page complained', () => {
  expect([...ada.faults, ...bob.faults]).toEqual([]);
});
