import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { AxeResults } from 'axe-core';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { findChromium } from '../client/tests/chromium.ts';
import { watchScripts } from '../client/tests/first-load.ts';
import { personAt, type Someone } from '../client/tests/people.ts';
import { open } from '../client/tests/platform.ts';
import { start } from '../platform/tests/parley.ts';

/**
 * What whoever opens the page for the first time waits for, screen by screen: when its largest part is painted (LCP), for how long it answered
 * nobody (TBT: what long tasks take beyond 50 ms), how much of it moved (CLS), what it loaded, and what axe finds wrong with it. Then:
 * how long nobody has the sockets when the tab that had them goes. The real command on an empty folder, a real Chromium, nothing kept.
 */
const { values } = parseArgs({ options: { times: { type: 'string', default: '5' }, slower: { type: 'string', default: '4' } } });
const [times, slower] = [Number(values.times), Number(values.slower)];
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const median = (all: number[]) => all.sort((one, other) => one - other)[all.length >> 1] ?? 0;
const round = (value: number) => Math.round(value);

await using stack = new AsyncDisposableStack();
const folder = mkdtempSync(join(import.meta.dirname, '..', '.cache', 'bench-'));
stack.defer(() => rmSync(folder, { recursive: true, force: true }));
const parley = stack.use(start({ data: join(folder, 'data') }));
const url = await parley.url();
const browser = await chromium.launch({
  executablePath: findChromium(),
  args: ['--disable-gpu', '--disable-background-networking', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
});
stack.defer(() => browser.close());
const [ada, bob] = [await personAt(browser, url, 'Ada'), await personAt(browser, url, 'Bob')];
await ada.signUp();
await bob.signUp();
await open(bob, ada);
for (let number = 1; number <= 60; number++) await bob.say(`Message ${number}, and a few words more`);
await bob.tick('Message 60', 'delivered');
await open(ada, bob);
const conversation = new URL(ada.page.url()).pathname.replace('/people/', '/with/');

const screens: readonly (readonly [name: string, path: string, someone: Someone | undefined, shown: string])[] = [
  ['signing in', '/', undefined, 'button:has-text("Sign in")'],
  ['the list', '/', ada, 'a[href^="/with/"]'],
  ['a conversation', conversation, ada, '[role=log] [role=group]'],
  ['the settings', '/settings', ada, 'h1, h2'],
];
for (const [name, path, someone, shown] of screens) {
  for (const rate of [1, slower]) {
    const loads: Awaited<ReturnType<typeof load>>[] = [];
    for (let time = 0; time < times; time++) loads.push(await load(path, someone, shown, rate));
    const [first] = loads;
    const of = (figure: 'lcp' | 'tbt' | 'usable') => round(median(loads.map((figures) => figures[figure])));
    const cls = Math.max(...loads.map((figures) => figures.cls)).toFixed(3);
    const found = rate === 1 ? `, ${((first?.bytes ?? 0) / 1024).toFixed(1)} KB of script, axe: ${first?.violations}` : '';
    console.log(
      `${name.padEnd(16)} ${rate === 1 ? 'as it is  ' : `${rate} × slower`} LCP ${of('lcp')} ms, usable ${of('usable')} ms, TBT ${of('tbt')} ms, CLS ${cls}${found}`,
    );
  }
}

const handovers: number[] = [];
let owner = await tab(ada.context);
await ada.page.close();
await owner.greeted;
for (let time = 0; time < times * 2; time++) {
  const next = await tab(ada.context);
  const closedAt = performance.now();
  await owner.page.close({ runBeforeUnload: false });
  await next.greeted;
  handovers.push(performance.now() - closedAt);
  owner = next;
}
console.log(
  `from a tab that is closed to the next one, greeted on both sockets   p50 ${round(median(handovers))} ms, worst ${round(Math.max(...handovers))} ms (${handovers.length} times)`,
);

/** A page of the same browser that shows the conversation; `greeted` once both sockets are its own. */
async function tab(context: BrowserContext) {
  const page = await context.newPage();
  const greeted = new Promise<void>((resolve) => {
    let hellos = 0;
    page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => {
        if (String(payload).includes('"hello"') && ++hellos === 2) resolve();
      }),
    );
  });
  await page.goto(`${url}${conversation}`);
  await page.locator('[role=log] [role=group]').first().waitFor();
  return { page, greeted };
}

async function load(path: string, someone: Someone | undefined, shown: string, rate: number) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
  if (someone) await context.addCookies(await someone.context.cookies());
  const page = await context.newPage();
  const scripts = watchScripts(page);
  await page.addInitScript(observe, shown);
  await (await context.newCDPSession(page)).send('Emulation.setCPUThrottlingRate', { rate });
  await page.goto(`${url}${path}`);
  await page.locator(shown).first().waitFor();
  await page.waitForLoadState('networkidle');
  const figures = await page.evaluate(
    () => (globalThis as unknown as { figures: { lcp: number; tbt: number; cls: number; usable: number } }).figures,
  );
  const violations = rate === 1 ? await countViolations(page) : 0;
  await context.close();
  return { ...figures, bytes: scripts.bytes(), violations };
}

async function countViolations(page: Page): Promise<number> {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run());
  return violations.length;
}

/** In the page, before everything else. */
function observe(shown: string) {
  const figures = { lcp: 0, tbt: 0, cls: 0, usable: 0 };
  Object.assign(globalThis, { figures });
  const watch = (type: string, take: (entry: PerformanceEntry) => void) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
  watch('largest-contentful-paint', ({ startTime }) => {
    figures.lcp = startTime;
  });
  watch('longtask', ({ duration }) => {
    figures.tbt += Math.max(0, duration - 50);
  });
  watch('layout-shift', (entry) => {
    const { value, hadRecentInput } = entry as PerformanceEntry & { value: number; hadRecentInput: boolean };
    if (!hadRecentInput) figures.cls += value;
  });
  new MutationObserver((_, observer) => {
    if (!document.querySelector(shown.replace(/:has-text\(.*\)/, ''))) return;
    observer.disconnect();
    requestAnimationFrame(() =>
      setTimeout(() => {
        figures.usable = performance.now();
      }),
    );
  }).observe(document, { childList: true, subtree: true });
}
