/**
 * Drawn on a grid of 24 with a stroke, so that they take the colour and the weight of the text around them. These are
 * there from the first screen on; those of menus and settings are in `icon-later.tsx`.
 */
const paths = {
  back: 'M15 5l-7 7 7 7',
  close: 'M6 6l12 12M18 6L6 18',
  search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16.2 16.2L21 21',
  send: 'M5 12h13M12 5l7 7-7 7',
  down: 'M12 5v14M6 13l6 6 6-6',
  more: 'M12 5.5v.01M12 12v.01M12 18.5v.01',
  chat: 'M20 11.5a7.5 7.5 0 0 1-11 6.6L4 19.5l1.4-4.6A7.5 7.5 0 1 1 20 11.5z',
  people:
    'M9 4.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM2.5 20c.5-3.8 3-6 6.5-6s6 2.2 6.5 6M16 5a3.3 3.3 0 0 1 0 6.2M18 14.6c2 .9 3.2 2.7 3.5 5.4',
  pin: 'M9 4h6l-.7 6 3.2 3.5H6.5L9.7 10zM12 13.5V20',
  muted: 'M6.5 9.5a5.5 5.5 0 0 1 9-4.2M18 12.5l1.5 4.5H9M10 20.5a2.3 2.3 0 0 0 4 0M4 4l16 16',
  archive: 'M4 5h16v4H4zM5.5 9v10h13V9M10 13h4',
  bell: 'M6 9.5a6 6 0 0 1 12 0l1.5 7.5h-15zM10 20a2.3 2.3 0 0 0 4 0',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  edit: 'M4 20l1-4L16.5 4.5l3 3L8 19zM14 7l3 3',
  reply: 'M10 6L4 12l6 6M4.5 12H13c4 0 6.5 2 7 6',
  smile: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM8.5 14.2c.8 1.3 2 2 3.5 2s2.7-.7 3.5-2M9 9.5v.01M15 9.5v.01',
  alert: 'M12 4.5L21 19.5H3zM12 10v4.5M12 17v.01',
  block: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM6.2 6.2l11.6 11.6',
  wifi: 'M4 4l16 16M3 9.5a13.5 13.5 0 0 1 4-2.6M11 5.6A13.5 13.5 0 0 1 21 9.5M6 13a9 9 0 0 1 4-2.3M15.5 11.3A9 9 0 0 1 18 13M12 18.5v.01',
  flag: 'M5.5 21V4.5h12l-2.3 4 2.3 4h-12',
} as const;

export type IconName = keyof typeof paths;

/** These point somewhere: where people read from right to left, the other way. */
const pointing: ReadonlySet<string> = new Set(['back', 'send', 'reply', 'leave']);

export function Icon({ name, className }: { name: IconName; className?: string | undefined }) {
  return <Drawn name={name} path={paths[name]} className={className} />;
}

export function Drawn({ name, path, className = 'size-5' }: { name: string; path: string; className?: string | undefined }) {
  return (
    <svg
      viewBox="0 0 24 24"
      className={`shrink-0 ${pointing.has(name) ? 'rtl:-scale-x-100' : ''} ${className}`}
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
    >
      <path d={path} strokeWidth={name === 'more' ? 2.6 : 1.8} strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}
