/** Drawn on a grid of 24 with a stroke, so that they take the colour and the weight of the text around them. */
const paths = {
  back: 'M15 5l-7 7 7 7',
  close: 'M6 6l12 12M18 6L6 18',
  search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16.2 16.2L21 21',
  send: 'M5 12h13M12 5l7 7-7 7',
  down: 'M12 5v14M6 13l6 6 6-6',
  more: 'M12 5.5v.01M12 12v.01M12 18.5v.01',
  settings:
    'M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM19.4 13.2a7.5 7.5 0 0 0 0-2.4l2-1.5-2-3.4-2.3 1a7.5 7.5 0 0 0-2.1-1.2L14.6 3h-4l-.4 2.7a7.5 7.5 0 0 0-2.1 1.2l-2.3-1-2 3.4 2 1.5a7.5 7.5 0 0 0 0 2.4l-2 1.5 2 3.4 2.3-1a7.5 7.5 0 0 0 2.1 1.2l.4 2.7h4l.4-2.7a7.5 7.5 0 0 0 2.1-1.2l2.3 1 2-3.4z',
  chat: 'M20 11.5a7.5 7.5 0 0 1-11 6.6L4 19.5l1.4-4.6A7.5 7.5 0 1 1 20 11.5z',
  people:
    'M9 4.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM2.5 20c.5-3.8 3-6 6.5-6s6 2.2 6.5 6M16 5a3.3 3.3 0 0 1 0 6.2M18 14.6c2 .9 3.2 2.7 3.5 5.4',
  pin: 'M9 4h6l-.7 6 3.2 3.5H6.5L9.7 10zM12 13.5V20',
  muted: 'M6.5 9.5a5.5 5.5 0 0 1 9-4.2M18 12.5l1.5 4.5H9M10 20.5a2.3 2.3 0 0 0 4 0M4 4l16 16',
  archive: 'M4 5h16v4H4zM5.5 9v10h13V9M10 13h4',
  bell: 'M6 9.5a6 6 0 0 1 12 0l1.5 7.5h-15zM10 20a2.3 2.3 0 0 0 4 0',
  clock: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 7.5V12l3 2',
  plus: 'M12 5v14M5 12h14',
  lock: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  copy: 'M9 9h10v11H9zM5 15V4h10',
  edit: 'M4 20l1-4L16.5 4.5l3 3L8 19zM14 7l3 3',
  reply: 'M10 6L4 12l6 6M4.5 12H13c4 0 6.5 2 7 6',
  trash: 'M5 7h14M10 7V4.5h4V7M7 7l.8 12.5h8.4L17 7M10.3 11v5M13.7 11v5',
  smile: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM8.5 14.2c.8 1.3 2 2 3.5 2s2.7-.7 3.5-2M9 9.5v.01M15 9.5v.01',
  eye: 'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z',
  hidden:
    'M4 4l16 16M9.9 5.8A9 9 0 0 1 12 5.5c6 0 9.5 6.5 9.5 6.5a17 17 0 0 1-3 3.7M6.2 7.6A16.5 16.5 0 0 0 2.5 12S6 18.5 12 18.5a9 9 0 0 0 4-.9M10 10.1a3 3 0 0 0 4 4.1',
  alert: 'M12 4.5L21 19.5H3zM12 10v4.5M12 17v.01',
  leave: 'M14 4.5H5.5v15H14M10 12h10.5M17 8.5l3.5 3.5-3.5 3.5',
  block: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM6.2 6.2l11.6 11.6',
  info: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 11v5.5M12 7.8v.01',
  flag: 'M5.5 21V4.5h12l-2.3 4 2.3 4h-12',
  unread: 'M20 11.5a7.5 7.5 0 0 1-11 6.6L4 19.5l1.4-4.6A7.5 7.5 0 0 1 13 4.1M18.5 3.5a2 2 0 1 0 0 4 2 2 0 0 0 0-4z',
  device: 'M4 5h16v11H4zM9 20h6M12 16v4',
  wifi: 'M4 4l16 16M3 9.5a13.5 13.5 0 0 1 4-2.6M11 5.6A13.5 13.5 0 0 1 21 9.5M6 13a9 9 0 0 1 4-2.3M15.5 11.3A9 9 0 0 1 18 13M12 18.5v.01',
} as const;

export type IconName = keyof typeof paths;

/** These point somewhere: where people read from right to left, the other way. */
const pointing: ReadonlySet<IconName> = new Set(['back', 'send', 'reply', 'leave']);

export function Icon({ name, className = 'size-5' }: { name: IconName; className?: string }) {
  return (
    <svg
      viewBox="0 0 24 24"
      className={`shrink-0 ${pointing.has(name) ? 'rtl:-scale-x-100' : ''} ${className}`}
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
    >
      <path d={paths[name]} strokeWidth={name === 'more' ? 2.6 : 1.8} strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}
