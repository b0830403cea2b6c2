import type { Page, Pages, PushedData } from './worker-scope.ts';

/** What the server pushes (docs/protocol.md, PU3). */
interface Pushed {
  readonly kind: 'message';
  readonly conversationId: string;
  readonly peerId: string;
  readonly title: string;
  readonly body: string | null;
  readonly at: string;
}

const isPushed = (data: unknown): data is Pushed =>
  typeof data === 'object' && data !== null && (data as { kind?: unknown }).kind === 'message' && 'title' in data && 'peerId' in data;

/** Shows it, in place of the one before of the same conversation. A page that is open all the same shows its own under the same tag. */
export async function onPush(data: PushedData | null, registration: Pick<ServiceWorkerRegistration, 'showNotification'>): Promise<void> {
  const pushed: unknown = data?.json();
  if (!isPushed(pushed)) return;
  const { title, body, conversationId, peerId, at } = pushed;
  const options = { tag: conversationId, icon: '/icon-192.png', badge: '/icon-192.png', timestamp: Date.parse(at), data: { peerId } };
  await registration.showNotification(title, body === null ? options : { ...options, body });
}

/** Opens the conversation: in a page that is there, or in a new one. */
export async function onNotificationClick(notification: Pick<Notification, 'data' | 'close'>, pages: Pages): Promise<void> {
  notification.close();
  const { peerId } = notification.data as { readonly peerId?: string };
  const path = peerId === undefined ? '/' : `/with/${peerId}`;
  const [page]: readonly Page[] = await pages.matchAll({ type: 'window' });
  if (!page) return void (await pages.openWindow(path));
  await page.navigate(path);
  await page.focus();
}
