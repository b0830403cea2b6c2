import { type ComponentProps, createContext, type ReactNode, startTransition, use, useEffect, useState } from 'react';

/** Where somebody is in the page: its address, and which going there this was. */
export interface Place {
  readonly pathname: string;
  readonly search: URLSearchParams;
  /** Another one each time somebody goes somewhere, also to the same address. */
  readonly visit: number;
}

let visits = 0;
const placeNow = (): Place => {
  visits += 1;
  return { pathname: location.pathname, search: new URLSearchParams(location.search), visit: visits };
};

const Here = createContext<Place>({ pathname: '/', search: new URLSearchParams(), visit: 0 });
/** The browser tells nobody of what a page itself does to its history. */
const moved = new EventTarget();

/** Knows the address and follows it; what was shown before stays until what comes can be shown. */
export function Routing({ children }: { children: ReactNode }) {
  const [place, setPlace] = useState(placeNow);
  useEffect(() => {
    let shown = location.href;
    const follow = () => {
      shown = location.href;
      startTransition(() => setPlace(placeNow()));
    };
    // Back to the same address is no other place: something was over it.
    const followBack = () => location.href !== shown && follow();
    addEventListener('popstate', followBack);
    moved.addEventListener('move', follow);
    return () => {
      removeEventListener('popstate', followBack);
      moved.removeEventListener('move', follow);
    };
  }, []);
  return <Here value={place}>{children}</Here>;
}

export const usePlace = () => use(Here);

/** With whom the conversation is that an address opens. */
export const peerIn = (pathname: string) => /^\/(?:with|people|archive|inbox)\/([\da-f-]{36})$/.exec(pathname)?.[1];

export type Section = 'chats' | 'people' | 'archive' | 'inbox';

/** The list that an address belongs to: it stays beside what was opened from it. */
export function sectionOf(pathname: string): Section {
  const [, first] = pathname.split('/');
  return first === 'people' || first === 'archive' || first === 'inbox' ? first : 'chats';
}

/** Where a section's own list is. */
export const pathOf = (section: Section) => (section === 'chats' ? '/' : `/${section}`);
/** A conversation, opened from a section. */
export const pathWith = (peerId: string, section: Section = 'chats') => `/${section === 'chats' ? 'with' : section}/${peerId}`;

export function go(to: string, { replace = false } = {}) {
  history[replace ? 'replaceState' : 'pushState'](null, '', to);
  moved.dispatchEvent(new Event('move'));
}

/** Somewhere that is nowhere: on to another address, which takes its place in the history. */
export function Elsewhere({ to }: { to: string }) {
  useEffect(() => go(to, { replace: true }), [to]);
  return null;
}

type LinkProps = Omit<ComponentProps<'a'>, 'href'> & { readonly to: string };

/** A link of the page's own; with a modifier or another button the browser does what it does with links. */
export function Link({ to, onClick, ...rest }: LinkProps) {
  const { pathname } = usePlace();
  return (
    <a
      href={to}
      aria-current={pathname === to ? 'page' : undefined}
      onClick={(event) => {
        onClick?.(event);
        const { button, metaKey, ctrlKey, shiftKey, altKey, defaultPrevented } = event;
        if (defaultPrevented || button !== 0 || metaKey || ctrlKey || shiftKey || altKey) return;
        event.preventDefault();
        go(to);
      }}
      {...rest}
    />
  );
}
