import type { Page, Update } from '@parley/common/contracts';
import type { Held } from './conversation.ts';
import type { Requests } from './requests.ts';

/** Rows of a page when history is read anew. */
export const PAGE = 50;

export type Lacking = { readonly update: Update } | { readonly page: Page };

/** [D4] What a held conversation lacks: its changes or, where nothing is held or the server says so, its newest page. */
export async function fetchLacking(request: Requests['request'], held: Held): Promise<Lacking> {
  const update = held.epoch === null ? undefined : await changesSince(request, held, held.epoch);
  if (update) return { update };
  return { page: await request('get', '/api/messages/conversations/:peerId/messages', { peerId: held.peerId, limit: PAGE }) };
}

/** Everything after the held version, as one update: its pages only make sense together. Undefined: drop and read anew. */
async function changesSince(request: Requests['request'], held: Held, epoch: string): Promise<Update | undefined> {
  let whole: Update | undefined;
  for (let since = held.version; ; ) {
    const answer = await request('get', '/api/messages/conversations/:peerId/changes', { peerId: held.peerId, epoch, since });
    if (answer.reset) return undefined;
    whole = whole ? joined(whole, answer.update) : answer.update;
    if (!answer.more) return whole;
    since = answer.update.version;
  }
}

const joined = (first: Update, second: Update): Update => ({
  ...second,
  from: first.from,
  messages: [...first.messages, ...second.messages],
  hidden: [...(first.hidden ?? []), ...(second.hidden ?? [])],
});
