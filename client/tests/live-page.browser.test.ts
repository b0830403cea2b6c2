import { expect, test } from 'vitest';
import { privateFolder, start } from '../../platform/tests/parley.ts';
import { openBrowser } from './people.ts';

test('whoever works on the page sees it from its sources, and nothing of the clone beside them', async () => {
  using folder = privateFolder();
  await using parley = start({ data: folder.path, more: ['--live-page'] });
  const url = await parley.url();
  await using browser = await openBrowser();
  const page = await browser.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  const said: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  await page.goto(url);
  await page.getByRole('button', { name: 'Sign in' }).waitFor({ timeout: 60_000 });
  await expect.poll(() => said).toContain('[vite] connected.');
  expect(faults).toEqual([]);
  expect(said.filter((text) => text.includes('Content Security Policy'))).toEqual([]);
  expect((await fetch(`${url}/@fs${folder.path}/secrets.json`)).status).toBe(403);
});
