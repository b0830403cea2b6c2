import type { Browser } from 'playwright-core';
import { privateFolder, start } from '../../platform/tests/parley.ts';
import { openBrowser, personAt, type Someone } from './people.ts';

/** The real command with a page in a browser, and people who have signed up there. */
export async function startWith<N extends string>(...names: N[]) {
  const folder = privateFolder();
  const parley = start({ data: folder.path });
  const [url, browser]: [string, Browser] = await Promise.all([parley.url(), openBrowser()]);
  const people = {} as Record<N, Someone>;
  for (const name of names) {
    people[name] = await personAt(browser, url, name);
    await people[name].signUp();
  }
  return {
    url,
    browser,
    people,
    async [Symbol.asyncDispose]() {
      await browser.close();
      await parley.stop();
      folder[Symbol.dispose]();
    },
  };
}

/** Somebody opens the conversation with somebody else from the list of people. */
export async function open({ page }: Someone, { name }: Someone) {
  await page.getByRole('link', { name: 'People', exact: true }).click();
  await page
    .getByRole('list', { name: 'People' })
    .getByRole('link', { name: new RegExp(name) })
    .click();
  await page.getByPlaceholder('Write a message').waitFor();
}
