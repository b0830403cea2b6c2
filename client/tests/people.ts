import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core';
import { expect } from 'vitest';
import { findChromium } from './chromium.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const switches = ['--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: findChromium(),
    // Chromium's own sandbox refuses to work for root.
    args: process.getuid?.() === 0 ? [...switches, '--no-sandbox'] : switches,
  });

/** Somebody at a browser of their own. */
export async function personAt(browser: Browser, url: string, name: string, options: BrowserContextOptions = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  /** What a page should never say: faults of ours, and whatever the Content-Security-Policy had to stop. */
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    // The browser's own words for a refusal or an outage, which are the subject of tests.
    const expected = /^(?:Failed to load resource|WebSocket connection to)/.test(message.text());
    if (message.type() === 'error' && !expected) faults.push(message.text());
  });
  const userName = name.toLowerCase();
  const field = page.getByPlaceholder('Write a message');
  const log = page.getByRole('log');

  return {
    context,
    page,
    name,
    userName,
    faults,
    field,
    log,
    async signUp() {
      await page.goto(`${url}/sign-up`);
      await page.getByLabel('Your name').fill(name);
      await page.getByLabel('User name').fill(userName);
      await page.getByLabel('E-mail').fill(`${userName}@parley.test`);
      await page.getByLabel('Password', { exact: true }).fill(password);
      await page.getByRole('button', { name: 'Create account' }).click();
      await page.getByText('No conversations yet').waitFor();
    },
    async say(text: string) {
      await field.fill(text);
      await field.press('Enter');
    },
    bubble: (text: string): Locator => log.getByRole('group').filter({ hasText: text }),
    /** Waits until the message has come so far. */
    tick: (text: string, progress: string) =>
      log.getByRole('group').filter({ hasText: text }).locator(`[data-progress=${progress}]`).waitFor(),
    /** Accessibility of what is on the screen, in both themes. */
    async expectAccessible(screen: string) {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        expect(await violations(page), `${screen}, ${colorScheme}`).toEqual([]);
      }
      await page.emulateMedia({ colorScheme: 'light', reducedMotion: null });
    },
  };
}

export type Someone = Awaited<ReturnType<typeof personAt>>;

export const password = 'correct horse battery staple';

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const { violations: found } = await page.evaluate(() =>
    (window as unknown as { axe: { run: (options: object) => Promise<AxeResults> } }).axe.run({ resultTypes: ['violations'] }),
  );
  return found.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
}
