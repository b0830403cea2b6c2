import { afterAll, beforeAll, expect, test } from 'vitest';
import { privateFolder, type Started, start } from '../../platform/tests/parley.ts';
import { openBrowser, personAt, type Someone } from './people.ts';

// A browser's own subscription needs the push service of its vendor, which no test reaches: `subscribe` is played here, and all
// around it is real. What the server posts is proven in notifications/tests.
const PUSH_SERVICE = 'https://push.parley.test';

let folder: ReturnType<typeof privateFolder>;
let parley: Started;
let browser: Awaited<ReturnType<typeof openBrowser>>;
let ada: Someone;

beforeAll(async () => {
  folder = privateFolder();
  parley = start({ data: folder.path, environment: { PUSH_ENDPOINTS_ALLOWED: PUSH_SERVICE } });
  browser = await openBrowser();
  const url = await parley.url();
  ada = await personAt(browser, url, 'Ada');
  await ada.context.grantPermissions(['notifications'], { origin: url });
  await ada.signUp();
  await ada.page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated');
  await ada.page.getByRole('link', { name: 'Settings' }).click();
});

afterAll(async () => {
  await browser?.close();
  await parley?.stop();
  folder?.[Symbol.dispose]();
});

const toggle = () => ada.page.getByRole('switch', { name: /Notify me when Parley is closed/ });
const press = () => ada.page.getByText('Notify me when Parley is closed').click();
/** What the server has of this browser. */
const subscribed = () =>
  ada.page.evaluate(async () => ((await (await fetch('/api/notifications/push')).json()) as { subscribed: boolean }).subscribed);

test('[PU1] where the browser has no push service the switch goes back, and says why', async () => {
  await ada.page.evaluate(() => {
    PushManager.prototype.subscribe = () =>
      Promise.reject(new DOMException('Registration failed - push service not available', 'AbortError'));
  });
  await press();
  await ada.page.getByText('This browser could not be set up for it.').waitFor();
  expect([await toggle().isChecked(), await subscribed()]).toEqual([false, false]);
});

test('[PU1] whoever switches it on is known to the server, with what the browser’s push service gave, and off again is forgotten', async () => {
  await ada.page.evaluate(async (service) => {
    const keys = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, ['deriveBits']);
    const text = (bytes: ArrayBuffer) =>
      btoa(String.fromCharCode(...new Uint8Array(bytes)))
        .replaceAll('+', '-')
        .replaceAll('/', '_')
        .replaceAll('=', '');
    const p256dh = text(await crypto.subtle.exportKey('raw', keys.publicKey));
    const auth = text(crypto.getRandomValues(new Uint8Array(16)).buffer);
    const asked: PushSubscriptionOptionsInit[] = [];
    let made: PushSubscription | null = null;
    Object.assign(window, { asked });
    const unsubscribe = async () => {
      made = null;
      return true;
    };
    PushManager.prototype.getSubscription = async () => made;
    PushManager.prototype.subscribe = async (options = {}) => {
      asked.push(options);
      const target = { endpoint: `${service}/ada`, keys: { p256dh, auth } };
      made = { toJSON: () => target, unsubscribe } as unknown as PushSubscription;
      return made;
    };
  }, PUSH_SERVICE);
  await press();
  await expect.poll(subscribed).toBe(true);
  await ada.page.getByText('Show what was written').waitFor();
  expect(await toggle().isChecked()).toBe(true);
  const [options] = await ada.page.evaluate(() => (window as unknown as { asked: PushSubscriptionOptionsInit[] }).asked);
  expect(options).toMatchObject({ userVisibleOnly: true, applicationServerKey: expect.stringMatching(/^[\w-]{87}$/) });
  await ada.expectAccessible('the settings of notifications while Parley is closed');

  await press();
  await expect.poll(subscribed).toBe(false);
  await ada.page.getByText('Show what was written').waitFor({ state: 'hidden' });
  expect(await toggle().isChecked()).toBe(false);
});

test('no page complained', () => {
  expect(ada.faults).toEqual([]);
});
