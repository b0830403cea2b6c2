import { expect, test } from 'vitest';
import { privateFolder, runFile, start } from '../../platform/tests/parley.ts';
import { openBrowser, password, personAt } from './people.ts';

test('whoever follows an invitation finds it filled in, and comes in with it, once', async () => {
  using folder = privateFolder();
  await using parley = start({ data: folder.path, environment: { REGISTRATION: 'invite' } });
  const [url, browser] = await Promise.all([parley.url(), openBrowser()]);
  try {
    await using made = runFile(['platform/src/beside.ts', 'auth', 'auth/src/operator.ts', 'invite'], { PARLEY_DATA: folder.path });
    expect(await made.exited).toBe(0);
    const [, path = '', invite = ''] = /https?:\/\/[^/]+(\/sign-up#invite=([\w-]+))/.exec(made.output) ?? [];
    for (const [name, outcome] of [
      ['Ada', 'No conversations yet'],
      ['Bob', 'This invitation is not valid, or was used already.'],
    ] as const) {
      const someone = await personAt(browser, url, name);
      const { page, userName } = someone;
      const asked: string[] = [];
      page.on('request', (request) => asked.push(`${request.url()} ${request.postData() ?? ''}`));
      await page.goto(`${url}${path}`);
      const code = page.getByLabel('Invitation code');
      await code.waitFor();
      expect(await code.inputValue()).toBe(invite);
      await someone.expectAccessible('sign up with an invitation');
      // What is behind the # goes to no server before it is used.
      expect(asked.filter((request) => request.includes(invite) && !request.includes('#invite='))).toEqual([]);
      await page.getByLabel('Your name').fill(name);
      await page.getByLabel('User name').fill(userName);
      await page.getByLabel('E-mail').fill(`${userName}@parley.test`);
      await page.getByLabel('Password', { exact: true }).fill(password);
      await page.getByRole('button', { name: 'Create account' }).click();
      await page.getByText(outcome).waitFor();
      expect(someone.faults).toEqual([]);
    }
  } finally {
    await browser.close();
  }
});
