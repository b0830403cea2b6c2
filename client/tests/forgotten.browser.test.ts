import { expect, test } from 'vitest';
import { privateFolder, runFile, signUp, start } from '../../platform/tests/parley.ts';
import { openBrowser, personAt } from './people.ts';

test('whoever forgot the password is told how to come by a link, and sets a new one with it, once', async () => {
  using folder = privateFolder();
  await using parley = start({ data: folder.path });
  const [url, browser] = await Promise.all([parley.url(), openBrowser()]);
  try {
    await signUp(url, 'ada');
    const ada = await personAt(browser, url, 'Ada');
    const { page } = ada;
    await page.goto(url);
    await page.getByRole('link', { name: 'Forgotten your password?' }).click();
    await page.getByText(/can’t send mail/).waitFor();
    await ada.expectAccessible('the page of a forgotten password');

    await using made = runFile(['platform/src/beside.ts', 'auth', 'auth/src/operator.ts', 'reset-password', 'ada'], {
      PARLEY_DATA: folder.path,
    });
    expect(await made.exited).toBe(0);
    const link = /https?:\S+#token=\S+/.exec(made.output)?.[0] as string;
    const setPassword = async () => {
      await page.goto('about:blank');
      await page.goto(link);
      await page.getByLabel('New password', { exact: true }).fill('a very good new one');
      await ada.expectAccessible('the page of a new password');
      await page.getByRole('button', { name: 'Set the password' }).click();
    };
    await setPassword();
    await page.getByText('Your password is set.').waitFor();
    expect(page.url()).not.toContain('token');
    await setPassword();
    await page.getByText('This link is no longer valid.').waitFor();

    await page.getByRole('link', { name: 'Back to sign in' }).click();
    await page.getByLabel('User name or e-mail').fill('ada');
    await page.getByLabel('Password', { exact: true }).fill('a very good new one');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('No conversations yet').waitFor();
    expect(ada.faults).toEqual([]);
  } finally {
    await browser.close();
  }
});
