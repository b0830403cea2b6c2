import type { Parley } from '@parley/client-library';
import type { PushTarget } from '@parley/common/contracts';

const pushManager = async () => {
  if (!('PushManager' in window)) return;
  return (await navigator.serviceWorker?.getRegistration())?.pushManager;
};

/** What the browser's push service has for this page: undefined for nothing yet, `impossible` where there is none. */
export async function subscription(): Promise<PushSubscription | undefined | 'impossible'> {
  const manager = await pushManager();
  return manager ? ((await manager.getSubscription()) ?? undefined) : 'impossible';
}

/** Tells whether it worked: a person may refuse, and a browser may have no push service. */
export async function subscribe(parley: Parley, publicKey: string): Promise<boolean> {
  if ((await Notification.requestPermission()) !== 'granted') return false;
  const manager = await pushManager();
  if (!manager) return false;
  const options = { userVisibleOnly: true, applicationServerKey: publicKey };
  const made = await manager.subscribe(options).catch(async () => {
    // One that was made with another key stands in the way.
    await (await manager.getSubscription())?.unsubscribe();
    return manager.subscribe(options);
  });
  await parley.request('put', '/api/notifications/push', made.toJSON() as PushTarget);
  return true;
}

export async function unsubscribe(parley: Parley): Promise<boolean> {
  await parley.request('delete', '/api/notifications/push', {});
  await (await (await pushManager())?.getSubscription())?.unsubscribe();
  return true;
}
