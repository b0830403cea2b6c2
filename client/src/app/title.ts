import { useEffect } from 'react';
import { useTexts } from '../texts/texts.tsx';
import { useUnread } from './unread.ts';

/** How much is unread, where it is seen while another page is looked at: in the title, on the tab, on the icon of the installed app. */
export function useTitle() {
  const { name } = useTexts();
  const unread = useUnread();
  useEffect(() => {
    showUnread(name, unread);
    // The next person at this browser need not know how much waits for the one before.
    return () => showUnread(name, 0);
  }, [name, unread]);
}

function showUnread(name: string, unread: number) {
  document.title = unread > 0 ? `(${unread}) ${name}` : name;
  void markTab(unread > 0);
  if ('setAppBadge' in navigator) void (unread > 0 ? navigator.setAppBadge(unread) : navigator.clearAppBadge()).catch(() => {});
}

const SIDE = 64;
let plain: string | undefined;

/** The icon of the tab with a dot on it, drawn from the icon itself. */
async function markTab(marked: boolean) {
  const link = document.querySelector<HTMLLinkElement>('link[rel~=icon]');
  if (!link || (!marked && plain === undefined)) return;
  plain ??= link.href;
  if (!marked) {
    link.href = plain;
    return;
  }
  const icon = new Image(SIDE, SIDE);
  icon.src = plain;
  await icon.decode().catch(() => {});
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = SIDE;
  const draw = canvas.getContext('2d');
  if (!draw || icon.naturalWidth === 0) return;
  draw.drawImage(icon, 0, 0, SIDE, SIDE);
  draw.fillStyle = '#e0352b';
  draw.strokeStyle = '#ffffff';
  draw.lineWidth = 5;
  draw.arc(SIDE - 16, 16, 13, 0, 2 * Math.PI);
  draw.stroke();
  draw.fill();
  if (document.title.startsWith('(')) link.href = canvas.toDataURL();
}
