import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Someone } from './people.ts';
import { open, startWith } from './platform.ts';

let platform: Awaited<ReturnType<typeof startWith<'Ada' | 'Bob' | 'Cleo'>>>;
let ada: Someone;
let bob: Someone;
let cleo: Someone;

beforeAll(async () => {
  platform = await startWith('Ada', 'Bob', 'Cleo');
  ({ Ada: ada, Bob: bob, Cleo: cleo } = platform.people);
  await open(bob, ada);
  await bob.say('The ferry leaves at nine');
  await bob.tick('The ferry leaves at nine', 'delivered');
  await open(cleo, ada);
  await cleo.say('Did you water the tomatoes?');
  await cleo.tick('Did you water the tomatoes?', 'delivered');
});

afterAll(() => platform?.[Symbol.asyncDispose]());

const row = (someone: Someone, name: string) =>
  someone.page.getByRole('list', { name: 'Chats' }).getByRole('link', { name: new RegExp(name) });
const choose = (someone: Someone, item: string) => someone.page.getByRole('menuitem', { name: item, exact: true }).click();
const names = (someone: Someone) => someone.page.getByRole('list', { name: 'Chats' }).getByRole('link').allInnerTexts();

test('a conversation that is pinned stays on top', async () => {
  await expect.poll(async () => (await names(ada)).map((text) => /Bob|Cleo/.exec(text)?.[0])).toEqual(['Cleo', 'Bob']);
  await row(ada, 'Bob').click({ button: 'right' });
  await ada.page.getByRole('menu').waitFor();
  await ada.expectAccessible('the menu of a conversation');
  await choose(ada, 'Pin');
  await expect.poll(async () => (await names(ada)).map((text) => /Bob|Cleo/.exec(text)?.[0])).toEqual(['Bob', 'Cleo']);
});

test('one that is muted counts nowhere, and its menu opens by keyboard', async () => {
  expect(await ada.page.title()).toBe('(2) Parley');
  await row(ada, 'Cleo').focus();
  await ada.page.keyboard.press('Shift+F10');
  await choose(ada, 'Mute…');
  await ada.page.getByRole('menuitem', { name: 'For 8 hours' }).click();
  await row(ada, 'Cleo').getByRole('img', { name: 'Muted' }).waitFor();
  await expect.poll(() => ada.page.title()).toBe('(1) Parley');
  await row(ada, 'Cleo').click({ button: 'right' });
  await choose(ada, 'Unmute');
  await row(ada, 'Cleo').getByRole('img', { name: 'Muted' }).waitFor({ state: 'hidden' });
});

test('it is marked as read and unread without being opened', async () => {
  await row(ada, 'Cleo').click({ button: 'right' });
  await choose(ada, 'Mark as read');
  await cleo.tick('Did you water the tomatoes?', 'read');
  await row(ada, 'Cleo').click({ button: 'right' });
  await choose(ada, 'Mark as unread');
  await row(ada, 'Cleo').getByRole('img', { name: 'Marked as unread' }).waitFor();
});

test('it rests in the archive until somebody writes', async () => {
  await row(ada, 'Cleo').click({ button: 'right' });
  await choose(ada, 'Archive');
  await ada.page.getByText('Moved to the archive.').waitFor();
  await row(ada, 'Cleo').waitFor({ state: 'hidden' });
  await ada.page.getByRole('link', { name: 'Archive' }).click();
  await ada.page.getByRole('list', { name: 'Archive' }).getByRole('link', { name: /Cleo/ }).waitFor();
  await ada.expectAccessible('the archive');
  await ada.page.getByRole('link', { name: 'Back' }).click();
  await cleo.say('And the beans?');
  await row(ada, 'And the beans?').waitFor();
});

test('a person’s details stand beside the conversation', async () => {
  await row(ada, 'Bob').click();
  const details = ada.page.getByRole('complementary', { name: 'Details' });
  await details.getByText('@bob').waitFor();
  await ada.expectAccessible('a conversation with details');
  await details.getByRole('button', { name: 'Close' }).click();
  await details.waitFor({ state: 'hidden' });
  await ada.page.getByRole('button', { name: /^Bob/ }).click();
  await details.waitFor();
});

test('[D8] whoever is blocked goes on writing and reaches nobody, until they are unblocked', async () => {
  await ada.page.getByRole('button', { name: 'More', exact: true }).click();
  await choose(ada, 'Block…');
  await ada.expectAccessible('the question whether to block');
  await ada.page.getByRole('dialog').getByRole('button', { name: 'Block' }).click();
  await ada.page.getByText(/You blocked Bob/).waitFor();
  await ada.expectAccessible('a conversation with somebody blocked');
  await bob.say('Can you hear me?');
  await bob.tick('Can you hear me?', 'sent');
  await ada.page.getByRole('complementary').getByRole('button', { name: 'Unblock' }).click();
  await ada.field.waitFor();
  await bob.say('And now?');
  await ada.bubble('And now?').waitFor();
  expect(await ada.bubble('Can you hear me?').count()).toBe(0);
});

test('a message is reported with a reason', async () => {
  await ada.bubble('And now?').click({ button: 'right' });
  await choose(ada, 'Report…');
  const dialog = ada.page.getByRole('dialog');
  await dialog.getByLabel('Insults or harassment').check();
  await dialog.getByLabel(/What happened/).fill('He asks too much.');
  await ada.expectAccessible('a report');
  const thanked = ada.page.getByText(/Thank you/).waitFor();
  await dialog.getByRole('button', { name: 'Report', exact: true }).click();
  await thanked;
});

test('no page complained', () => {
  expect([...ada.faults, ...bob.faults, ...cleo.faults]).toEqual([]);
});
