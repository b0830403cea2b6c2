import type { Message } from '@parley/common/contracts';
import { limits } from '@parley/common/contracts/limits';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useParley } from '../../app/hooks.ts';

/** A search begins when the keys rest. */
const SEARCH_MS = 180;
const PAGE = 30;

export interface Hit {
  readonly conversationId: string;
  readonly peerId: string;
  readonly message: Message;
}

export type Found =
  | { readonly at: 'nothing' | 'asking' | 'failed' }
  | { readonly at: 'found'; readonly query: string; readonly hits: readonly Hit[]; readonly more: boolean };

/** Messages that hold these words, in all my conversations or in one; what was found before stands until the next is there. */
export function useFinding(query: string, peerId?: string) {
  const parley = useParley();
  const [found, setFound] = useState<Found>({ at: 'nothing' });
  const after = useRef<string>(null);
  const asked = useRef(0);

  const ask = useCallback(
    async (from: string | null) => {
      const mine = ++asked.current;
      const q = query.slice(0, limits.searchText);
      const input = { q, limit: PAGE, ...(peerId && { peerId }), ...(from !== null && { after: from }) };
      const page = await parley
        .request('get', '/api/messages/search', input)
        .catch(() => (from === null ? parley.findKept(input) : undefined))
        .catch(() => undefined);
      // Of two answers the one that was asked for last counts: more that was asked for twice comes once.
      if (mine !== asked.current) return;
      if (!page) return setFound({ at: 'failed' });
      after.current = page.after;
      setFound((before) => {
        const earlier = from !== null && before.at === 'found' ? before.hits : [];
        return { at: 'found', query, hits: [...earlier, ...page.hits], more: page.after !== null };
      });
    },
    [parley, query, peerId],
  );
  useEffect(() => {
    asked.current += 1;
    if (query === '') return setFound({ at: 'nothing' });
    setFound((before) => (before.at === 'found' ? before : { at: 'asking' }));
    const timer = setTimeout(() => void ask(null), SEARCH_MS);
    return () => clearTimeout(timer);
  }, [query, ask]);

  return { found, readOn: () => void ask(after.current), again: () => void ask(null) };
}
