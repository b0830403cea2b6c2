import { plainText } from '../../ui/markup.ts';

/** What a notification shows of a message. */
export interface Alert {
  readonly conversationId: string;
  readonly peerId: string;
  readonly version: number;
  readonly name: string;
  readonly text: string;
  readonly picture: string | undefined;
  readonly onOpen: () => void;
}

const shown = new Map<string, Notification>();

/** Of all tabs of this browser the first one speaks; the others find that it was said. */
async function first(of: string, work: () => void): Promise<void> {
  if (!navigator.locks) return work();
  await navigator.locks.request(`parley-said-${of}`, { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    work();
    await new Promise((resolve) => setTimeout(resolve, SAID_MS));
  });
}

/** So long the other tabs have to find out. */
const SAID_MS = 3_000;

export function alertOf(alert: Alert, { show, sound }: { show: boolean; sound: boolean }) {
  void first(`${alert.conversationId}-${alert.version}`, () => {
    if (sound) playTone();
    if (show) void showAlert(alert);
  });
}

async function showAlert({ conversationId, peerId, name, text, picture, onOpen }: Alert) {
  const options = { body: plainText(text), tag: conversationId, silent: true, data: { peerId }, ...(picture && { icon: picture }) };
  try {
    const notification = new Notification(name, options);
    notification.onclick = () => {
      window.focus();
      notification.close();
      onOpen();
    };
    shown.set(conversationId, notification);
  } catch {
    // On a phone only a service worker may show one.
    const worker = await navigator.serviceWorker?.getRegistration();
    await worker?.showNotification(name, options);
  }
}

/** What was read needs no notification any more. */
export async function withdraw(conversationId: string) {
  shown.get(conversationId)?.close();
  shown.delete(conversationId);
  const worker = await navigator.serviceWorker?.getRegistration();
  for (const notification of (await worker?.getNotifications({ tag: conversationId })) ?? []) notification.close();
}

/** Nothing that was shown to whoever was signed in stays for the next person at this machine. */
export async function withdrawAll() {
  for (const notification of shown.values()) notification.close();
  shown.clear();
  const worker = await navigator.serviceWorker?.getRegistration();
  for (const notification of (await worker?.getNotifications()) ?? []) notification.close();
}

let audio: AudioContext | undefined;

/** Two short notes, made here: nothing has to be loaded for them. */
export function playTone() {
  audio ??= new AudioContext();
  const { currentTime, destination } = audio;
  // A page that nobody has touched yet may make no sound; then this one is silent.
  if (audio.state === 'suspended') void audio.resume().catch(() => {});
  for (const [frequency, at] of [
    [660, 0],
    [880, 0.09],
  ] as const) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.type = 'sine';
    tone.frequency.value = frequency;
    volume.gain.setValueAtTime(0, currentTime + at);
    volume.gain.linearRampToValueAtTime(0.12, currentTime + at + 0.015);
    volume.gain.exponentialRampToValueAtTime(0.001, currentTime + at + 0.22);
    tone.connect(volume).connect(destination);
    tone.start(currentTime + at);
    tone.stop(currentTime + at + 0.25);
  }
}
