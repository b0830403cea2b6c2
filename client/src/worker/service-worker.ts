import { onNotificationClick, onPush } from './pushed.ts';
import { createShell, type Shell } from './shell.ts';
import type { WorkerScope } from './worker-scope.ts';

declare const self: WorkerScope;
/** The build puts the version and the files of its page here (vite.config.ts). */
declare const __SHELL__: Shell;

const shell = createShell(__SHELL__, self.caches);

self.addEventListener('install', (event) => event.waitUntil(shell.fill()));
// The first page of all is not under it yet, and wants to open without a network too.
self.addEventListener('activate', (event) => event.waitUntil(shell.tidy().then(() => self.clients.claim())));
self.addEventListener('fetch', (event) => {
  const answer = shell.answer(event.request, self.location.origin);
  if (answer !== undefined) event.respondWith(answer);
});
self.addEventListener('push', (event) => event.waitUntil(onPush(event.data, self.registration)));
self.addEventListener('notificationclick', (event) => event.waitUntil(onNotificationClick(event.notification, self.clients)));
// A newer version waits until a page says that the moment is calm.
self.addEventListener('message', (event) => {
  if (event.data === 'take-over') event.waitUntil(shell.lend().finally(() => void self.skipWaiting()));
});
