import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Someone } from './people.ts';
import { startWith } from './platform.ts';

let platform: Awaited<ReturnType<typeof startWith<'Ada'>>>;
let ada: Someone;

beforeAll(async () => {
  platform = await startWith('Ada');
  ada = platform.people.Ada;
});

afterAll(() => platform?.[Symbol.asyncDispose]());

interface Manifest {
  readonly icons: readonly { readonly src: string; readonly sizes: string; readonly type: string; readonly purpose: string }[];
  readonly shortcuts: readonly { readonly url: string }[];
}
const fetched = async (path: string) => {
  const answer = await fetch(`${platform.url}${path}`);
  return { type: answer.headers.get('content-type') ?? '', bytes: new Uint8Array(await answer.arrayBuffer()) };
};
/** Width and height as a PNG says them in its first chunk. */
const sizeOf = (png: Uint8Array) => {
  const view = new DataView(png.buffer);
  return `${view.getUint32(16)}x${view.getUint32(20)}`;
};

test('a browser finds nothing wrong with the manifest, and would install the page', async () => {
  await ada.page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated');
  const devtools = await ada.context.newCDPSession(ada.page);
  const { errors, url } = await devtools.send('Page.getAppManifest');
  expect([errors, new URL(url).pathname]).toEqual([[], '/manifest.webmanifest']);
  const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
  // A browser of a test forgets everything, which no installed page may.
  expect(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito')).toEqual([]);
});

test('the manifest as it was built names a place to start, and icons that are what it says they are', async () => {
  const { type, bytes } = await fetched('/manifest.webmanifest');
  expect(type).toMatch(/^application\/manifest\+json/);
  const manifest = JSON.parse(new TextDecoder().decode(bytes)) as Manifest;
  expect(manifest).toMatchObject({ name: 'Parley', short_name: 'Parley', id: '/', start_url: '/', scope: '/', display: 'standalone' });
  const icons = await Promise.all(manifest.icons.map(async (icon) => ({ ...icon, file: await fetched(icon.src) })));
  for (const { src, type: named, sizes, file } of icons) {
    expect(file.type, src).toContain(named);
    if (named === 'image/png') expect(sizeOf(file.bytes), src).toBe(sizes);
  }
  const kinds = icons.map(({ sizes, purpose }) => `${sizes} ${purpose}`);
  expect(kinds).toEqual(expect.arrayContaining(['192x192 any', '512x512 any', '512x512 maskable']));
  for (const { url } of manifest.shortcuts) expect((await fetched(url)).type).toMatch(/^text\/html/);
  expect(JSON.parse(readFileSync(join(import.meta.dirname, '../dist/manifest.webmanifest'), 'utf8'))).toEqual(manifest);
});

test('what is around the page has the colour that was chosen, not that of the system alone', async () => {
  const { page } = ada;
  /** The colour that holds, as a browser chooses it: of the first whose media matches. */
  const around = () =>
    page.evaluate(() => {
      const metas = [...document.querySelectorAll<HTMLMetaElement>('meta[name=theme-color]')];
      return metas.find(({ media }) => media === '' || matchMedia(media).matches)?.content;
    });
  const header = () => page.evaluate(() => getComputedStyle(document.querySelector('header')?.parentElement as Element).backgroundColor);
  const [light, dark] = ['#ffffff', '#1a1e21'];
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await around()).toBe(dark);
  expect(await header()).toBe('rgb(26, 30, 33)');
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByText('Light', { exact: true }).click();
  expect(await around()).toBe(light);
  await page.reload({ waitUntil: 'commit' });
  await expect.poll(around).toBe(light);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.getByText('Dark', { exact: true }).click();
  expect(await around()).toBe(dark);
  await page.getByText('System', { exact: true }).click();
  expect(await around()).toBe(light);
});

test('no page complained', () => {
  expect(ada.faults).toEqual([]);
});
