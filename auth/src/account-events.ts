import type { AccountEvent, authRoutes, Output } from '@parley/common/contracts';
import type { Outbox } from '@parley/common/database';
import type { AccountEventName } from './account-changes.ts';

/** What is kept of all accounts, a page of it; whoever asks for the next one says where this one ended. */
export async function pageOfEvents(
  outbox: Pick<Outbox<AccountEventName>, 'replay'>,
  after: string | undefined,
  limit: number,
): Promise<Output<typeof authRoutes.accountEvents>> {
  const events: AccountEvent[] = [];
  let last = after === undefined ? 0n : BigInt(after);
  for await (const { id, name, data } of outbox.replay(last + 1n)) {
    if (events.length === limit) return { events, after: String(last) };
    events.push({ name, data });
    last = id;
  }
  return { events, after: null };
}
