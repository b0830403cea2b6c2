import type { Me } from '@parley/common/contracts';
import type { KnownProfile } from '../features/people/people-slice.ts';
import type { Preferences } from '../features/settings/preferences-slice.ts';

/**
 * The little that is needed before a database is open, in the browser's local storage: who is signed in, drafts, names.
 * What belongs to an account has its id in the key, and is gone when it signs out. Large things are in IndexedDB.
 */
interface KeptOfAccount {
  drafts: Record<string, string>;
  profiles: readonly KnownProfile[];
}

const ME = 'parley.me';
const PREFERENCES = 'parley.preferences';
const keyOf = (userId: string, part: keyof KeptOfAccount) => `parley.${userId}.${part}`;

function read<T>(key: string): T | undefined {
  try {
    const text = localStorage.getItem(key);
    return text === null ? undefined : (JSON.parse(text) as T);
  } catch {
    return undefined;
  }
}

/** A browser may refuse to keep anything; then this visit lasts as long as its page. */
function write(key: string, value: unknown) {
  try {
    if (value === undefined) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch {}
}

export const kept = {
  me: () => read<Me>(ME),
  keepMe: (me: Me | undefined) => write(ME, me),
  preferences: () => read<Partial<Preferences>>(PREFERENCES),
  keepPreferences: (preferences: Preferences) => write(PREFERENCES, preferences),

  read: <P extends keyof KeptOfAccount>(userId: string, part: P) => read<KeptOfAccount[P]>(keyOf(userId, part)),
  keep<P extends keyof KeptOfAccount>(userId: string, part: P, value: KeptOfAccount[P]) {
    // Signed out in another tab a moment ago: nothing may be put back.
    if (kept.me()?.userId === userId) write(keyOf(userId, part), value);
  },
  forget(userId: string, { keepUnsent }: { keepUnsent: boolean }) {
    write(keyOf(userId, 'profiles'), undefined);
    // A draft is as unsent as what waits for a connection.
    if (!keepUnsent) write(keyOf(userId, 'drafts'), undefined);
  },
  /** Somebody began or finished something in another tab. */
  onDraftsChanged(listener: (userId: string, drafts: KeptOfAccount['drafts']) => void) {
    addEventListener('storage', ({ key }) => {
      const userId = /^parley\.(.+)\.drafts$/.exec(key ?? '')?.[1];
      if (userId) listener(userId, kept.read(userId, 'drafts') ?? {});
    });
  },
  /** Another tab signed in or out. */
  onMeChanged(listener: (me: Me | undefined) => void) {
    addEventListener('storage', ({ key }) => {
      if (key === ME || key === null) listener(kept.me());
    });
  },
};
