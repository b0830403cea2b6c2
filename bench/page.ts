import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createMemoryStore, createParley } from '@parley/client-library';
import { createNodeSession } from '@parley/client-library/node';
import { conversationIdOf, type Me } from '@parley/common/contracts';
import { openDatabase } from '@parley/common/database';
import { createLog } from '@parley/common/server';
import { until } from '@parley/common/testing';
import { chromium, type Page } from 'playwright-core';
import { findChromium } from '../client/tests/chromium.ts';
import { readAddress } from '../platform/src/address-file.ts';
import { start } from '../platform/tests/parley.ts';

/**
 * What the page costs where much was said: the first load, opening a conversation that is kept on the device, scrolling
 * and typing in it. The real command on an empty folder, a real Chromium without a graphics card, the build as it is served.
 */
const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '100000' },
    /** Messages that are in memory when somebody types. */
    loaded: { type: 'string', default: '10000' },
    seconds: { type: 'string', default: '10' },
    times: { type: 'string', default: '20' },
  },
});
const [messages, loaded, seconds, times] = [values.messages, values.loaded, values.seconds, values.times].map(Number) as [
  number,
  number,
  number,
  number,
];
const password = 'correct horse battery staple';
const round = (value: number) => Math.round(value * 10) / 10;

await using stack = new AsyncDisposableStack();
const folder = mkdtempSync(join(import.meta.dirname, '..', '.cache', 'bench-'));
stack.defer(() => rmSync(folder, { recursive: true, force: true }));
const data = join(folder, 'data');
const parley = stack.use(start({ data }));
const url = await parley.url();
const [ada, bob, cyd] = await Promise.all([signUp('ada'), signUp('bob'), signUp('cyd')]);
await talk(bob, ada, 'Hello');
await talk(cyd, ada, 'Hello too');
await fill(ada.me.userId, bob.me.userId);

const browser = await chromium.launch({
  executablePath: findChromium(),
  args: [
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ],
});
stack.defer(() => browser.close());
const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
await context.addCookies([...ada.session.cookies].map(([name, value]) => ({ name, value, url })));
await context.addInitScript(whenShown);
const page = await context.newPage();
page.setDefaultTimeout(120_000);

const shown = async () => {
  await page.locator('a[href^="/with/"]').first().waitFor();
  return page.evaluate(() => (globalThis as unknown as { shownAt: number }).shownAt);
};
await page.goto(url);
console.log(`first load to a list that can be used            ${round(await shown())} ms`);
await page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated');
await page.reload();
console.log(`the next load, from this device                  ${round(await shown())} ms`);

await open(page, 'bob', `${messages}`);
await keepAll(page, bob.me.userId, ada.me.userId);
await page.goto(url);
await shown();
await open(page, 'bob', `${messages}`);
await open(page, 'cyd', 'Hello too');
const switches: number[] = [];
for (let time = 0; time < times; time++) {
  switches.push(await open(page, 'bob', `${messages}`));
  await open(page, 'cyd', 'Hello too');
}
switches.sort((one, other) => one - other);
console.log(
  `opening ${messages} kept messages, click to paint   p50 ${round(switches[switches.length >> 1] ?? 0)} ms, worst ${round(switches.at(-1) ?? 0)} ms (${times} times)`,
);

await open(page, 'bob', `${messages}`);
await measureTyping('typing with 50 messages loaded');
const calm = await scroll(page, -60, seconds * 1000, Number.POSITIVE_INFINITY);
console.log(`scrolling up, 60 px a frame                      ${describe(calm)}`);
const fast = await scroll(page, -1_500, 300_000, loaded);
console.log(`scrolling up, 1,500 px a frame, to ${loaded} loaded  ${describe(fast)}`);
const down = await scroll(page, 60, seconds * 1000, Number.POSITIVE_INFINITY);
console.log(`scrolling down among ${loaded}, 60 px a frame       ${describe(down)}`);
await measureTyping(`typing with ${loaded} messages loaded`);

interface Scrolled {
  readonly frames: number;
  readonly milliseconds: number;
  readonly longest: number;
  readonly late: number;
  readonly rows: number;
}

function describe({ frames, milliseconds, longest, late, rows }: Scrolled) {
  return `${round((frames / milliseconds) * 1000)} frames a second, longest ${round(longest)} ms, ${late} over 34 ms, about ${rows} loaded at the end`;
}

/** Scrolls by so much with every frame, and says how the frames came. */
function scroll(at: Page, by: number, forMs: number, untilRows: number): Promise<Scrolled> {
  return at.evaluate(
    ([step, most, enough]) =>
      new Promise<Scrolled>((resolve) => {
        const log = document.querySelector('[role=log]') as HTMLElement;
        // How many there are nobody says: their heights do, near enough.
        const rowsNow = () => {
          const rows = [...log.querySelectorAll<HTMLElement>('[data-key]')];
          const height = rows.reduce((sum, row) => sum + row.offsetHeight, 0) / rows.length;
          return Math.round(log.scrollHeight / height);
        };
        const begun = performance.now();
        let [last, frames, longest, late] = [begun, 0, 0, 0];
        const next = (now: number) => {
          const took = now - last;
          last = now;
          frames += 1;
          longest = Math.max(longest, took);
          if (took > 34) late += 1;
          log.scrollTop += step;
          const isEnough = Number.isFinite(enough) && rowsNow() >= enough;
          if (now - begun < most && !isEnough) requestAnimationFrame(next);
          else resolve({ frames, milliseconds: now - begun, longest, late, rows: rowsNow() });
        };
        requestAnimationFrame(next);
      }),
    [by, forMs, untilRows] as const,
  );
}

/** From a key to the next frame that shows it. */
async function measureTyping(name: string) {
  const field = page.getByPlaceholder('Write a message');
  await field.click();
  await page.evaluate(() => {
    const took: number[] = [];
    Object.assign(globalThis, { took });
    document.addEventListener(
      'keydown',
      ({ timeStamp }) => requestAnimationFrame(() => setTimeout(() => took.push(performance.now() - timeStamp))),
      true,
    );
  });
  await field.pressSequentially('The quick brown fox jumps over the lazy dog', { delay: 30 });
  const took = await page.evaluate(() => (globalThis as unknown as { took: number[] }).took.sort((one, other) => one - other));
  console.log(`${name.padEnd(48)} p50 ${round(took[took.length >> 1] ?? 0)} ms, worst ${round(took.at(-1) ?? 0)} ms a key`);
  await field.fill('');
}

/** Opens a conversation from the list; milliseconds from the click to the frame with its newest message. */
async function open(at: Page, name: string, newest: string): Promise<number> {
  const link = at.locator('a[href^="/with/"]', { hasText: name });
  await link.evaluate((element, text) => {
    const begun = performance.now();
    Object.assign(globalThis, { opened: undefined });
    const look = () => {
      const found = [...document.querySelectorAll('[role=log] [role=group]')].some((group) => group.textContent?.includes(text));
      if (found) setTimeout(() => Object.assign(globalThis, { opened: performance.now() - begun }));
      else requestAnimationFrame(look);
    };
    (element as HTMLElement).click();
    requestAnimationFrame(look);
  }, newest);
  await at.waitForFunction(() => (globalThis as unknown as { opened?: number }).opened !== undefined);
  return at.evaluate(() => (globalThis as unknown as { opened: number }).opened);
}

/** Reads the whole history into the device's database, as whoever scrolls through all of it does. */
async function keepAll(at: Page, peerId: string, userId: string) {
  await at.evaluate(
    async ([peer, me, id]) => {
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open(`parley-${me}`);
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      for (let before: number | undefined; before !== 1; ) {
        const answer = await fetch(`/api/messages/conversations/${peer}/messages?limit=100${before ? `&before=${before}` : ''}`);
        const { messages: rows } = (await answer.json()) as { messages: { seq: number }[] };
        const transaction = database.transaction('messages', 'readwrite');
        for (const row of rows) transaction.objectStore('messages').put(row, [id, row.seq]);
        before = rows[0]?.seq ?? 1;
      }
      const transaction = database.transaction('held', 'readwrite');
      const held = transaction.objectStore('held');
      const request = held.get(id);
      request.onsuccess = () => held.put({ ...request.result, ranges: [[1, request.result.lastSeq]] }, id);
      await new Promise((resolve) => {
        transaction.oncomplete = resolve;
      });
      database.close();
    },
    [peerId, userId, conversationIdOf(userId, peerId)] as const,
  );
}

/** In the page, before everything else: when the list can be used. */
function whenShown() {
  new MutationObserver((_, observer) => {
    if (!document.querySelector('a[href^="/with/"]')) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => Object.assign(globalThis, { shownAt: performance.now() })));
  }).observe(document, { childList: true, subtree: true });
}

async function signUp(userName: string) {
  const session = createNodeSession({ base: url });
  const body = JSON.stringify({ userName, displayName: userName, email: `${userName}@parley.test`, password });
  const answer = await session.fetch(`${url}/api/auth/sign-up`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  return { me: (await answer.json()) as Me, session };
}

async function talk(from: Awaited<ReturnType<typeof signUp>>, to: Awaited<ReturnType<typeof signUp>>, text: string) {
  const device = await createParley({ base: url, me: from.me, store: createMemoryStore(), ...from.session });
  device.start();
  await device.send(to.me.userId, { kind: 'text', text });
  await until(() => device.outbox.entries().length === 0);
  await device.stop();
}

/** The rest of what the two have said, of the lengths that people write. */
async function fill(one: string, other: string) {
  const database = openDatabase({
    url: readAddress(data)?.databases.parley_messages as string,
    name: 'bench',
    log: createLog('bench', 'silent'),
    statementTimeoutMs: 600_000,
  });
  const id = conversationIdOf(one, other);
  await database.query(
    `INSERT INTO messages (conversation_id, seq, version, first_version, second_version, first_total, second_total, sent_at, hash, id, sender_id, client_id, content)
     SELECT c.conversation_id, s, s, s, s, s / 2, s - s / 2, now() - (($2 - s) || ' minutes')::interval, 0, gen_random_uuid(),
       CASE WHEN s % 3 = 0 THEN c.first_id ELSE c.second_id END, gen_random_uuid(),
       jsonb_build_object('kind', 'text', 'text', 'Message ' || s || ' ' || repeat('and a few words more ', (s * 7919) % 11))
     FROM generate_series(2, $2::integer) s, conversations c WHERE c.conversation_id = $1`,
    [id, messages],
  );
  await database.query(
    `UPDATE conversations SET version = $2, last_seq = $2, first_total = $2 / 2, second_total = $2 - $2 / 2, first_last = $2, second_last = $2,
       first_delivered = $2, first_read = $2, second_delivered = $2, second_read = $2 WHERE conversation_id = $1`,
    [id, messages],
  );
  await database.end();
}
