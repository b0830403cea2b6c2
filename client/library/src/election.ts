import type { Clock } from './clock.ts';
import type { Said, Tabs, TabsListener } from './tabs.ts';

/** A tab that does not answer for so long is frozen, and what it owns is taken from it. */
export const ANSWER_WITHIN_MS = 400;

/** The least that is needed of a BroadcastChannel. */
export interface Channel {
  postMessage(message: unknown): void;
  close(): void;
  onmessage: ((event: never) => void) | null;
}

export interface ElectionOptions {
  /** Of the lock and the channel; an account has its own, and so has every version of what tabs say to each other. */
  readonly name: string;
  readonly id: string;
  readonly locks: LockManager;
  readonly openChannel: (name: string) => Channel;
  readonly clock: Clock;
  /** Whether somebody can see this tab, and a way to hear when that changes. */
  readonly isVisible: () => boolean;
  readonly onVisibility: (listener: () => void) => () => void;
}

type Message =
  | { readonly from: string; readonly said: Said }
  | { readonly from: string; readonly asks: 'owner' }
  | { readonly from: string; readonly owner: { readonly visible: boolean } };

/**
 * Who holds the lock owns the sockets; when its tab goes, the browser gives the lock to the next. A hidden tab may be
 * slowed down or frozen at any time, so a visible one takes the lock from it.
 */
export function createTabs({ name, id, locks, openChannel, clock, isVisible, onVisibility }: ElectionOptions): Tabs {
  const channel = openChannel(name);
  const post = (message: Message) => channel.postMessage(message);
  let listener: TabsListener | undefined;
  let owns = false;
  let stopped = false;
  let release = () => {};
  let requests = 0;
  let holding = 0;
  let standing: AbortController | undefined;
  let cancelAsking = () => {};
  let stopWatching = () => {};

  const turn = (now: boolean) => {
    if (owns === now || stopped) return;
    owns = now;
    if (now) {
      cancelAsking();
      announce();
    }
    listener?.onTurn(now);
  };
  const announce = () => post({ from: id, owner: { visible: isVisible() } });

  /** The promise of a lock that is held ends early only when it was taken. */
  const request = (options: LockOptions) => {
    const mine = ++requests;
    const hold = () => {
      if (stopped) return;
      holding = mine;
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      turn(true);
      return held;
    };
    locks.request(name, options, hold).catch((error: unknown) => {
      if (!(error instanceof DOMException)) throw error;
      if (stopped || holding !== mine) return;
      turn(false);
      stand();
    });
  };
  /** Waits in line. */
  const stand = () => {
    standing?.abort();
    standing = new AbortController();
    request({ signal: standing.signal });
  };
  const steal = () => {
    if (owns || stopped) return;
    standing?.abort();
    request({ steal: true });
  };

  /** A visible tab finds out whether whoever owns is seen too, and awake. */
  const claim = () => {
    if (owns || stopped || !isVisible()) return;
    cancelAsking();
    cancelAsking = clock.after(ANSWER_WITHIN_MS, steal);
    post({ from: id, asks: 'owner' });
  };

  channel.onmessage = (event: never) => {
    const message = (event as { data: Message }).data;
    if (stopped || message.from === id) return;
    if ('said' in message) listener?.onSaid(message.said, message.from);
    else if ('asks' in message) owns && announce();
    else if (!owns) {
      cancelAsking();
      if (!message.owner.visible && isVisible()) steal();
    }
  };

  return {
    shared: true,
    get owns() {
      return owns;
    },
    say(said) {
      post({ from: id, said });
      // Somebody writes here: whoever is to send it had better be awake.
      if (said.kind === 'written') claim();
    },
    start(to) {
      listener = to;
      stopWatching = onVisibility(() => (owns ? announce() : claim()));
      stand();
      claim();
    },
    stop() {
      if (stopped) return;
      stopped = true;
      cancelAsking();
      stopWatching();
      standing?.abort();
      release();
      channel.close();
    },
  };
}
