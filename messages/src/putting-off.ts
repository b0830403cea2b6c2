import type { Command, Gathering } from './commands.ts';
import type { Judged, Store, Stored } from './store.ts';
import type { Strangers } from './strangers.ts';

/**
 * Some refusals only say that the batch came at a bad moment: the news of who was written to is late, or came while the
 * batch was being stored, or a conversation was not begun because of what else was in the batch. Were such a message sent
 * again, what the same device wrote next would have overtaken it [D3]. So it is put off, and stored at once before
 * anything behind its batch.
 */
export async function putOff({ conversations }: Gathering, { judged }: Stored, store: Store, strangers: Strangers) {
  const sent = conversations.flatMap((conversation) => conversation.sent.map(({ data }) => data));
  const refusedWith = (code: string) => sent.filter((_, index) => isRefused(judged[index], code));
  const met = await together(
    refusedWith('person-not-found').map(({ peerId }) => peerId),
    strangers.meet,
  );
  const free = await together(
    refusedWith('too-many-conversations').map(({ senderId }) => senderId),
    store.mayBegin,
  );
  const isPutOff = (index: number) =>
    (isRefused(judged[index], 'person-not-found') && met.has(sent[index]?.peerId)) ||
    (isRefused(judged[index], 'too-many-conversations') && free.has(sent[index]?.senderId));
  return {
    judged: judged.map((one, index): Judged => (isPutOff(index) ? { was: 'put-off' } : one)),
    again: sent.filter((_, index) => isPutOff(index)).map((data): Command => ({ name: 'message.sent', data })),
  };
}

const isRefused = (one: Judged | undefined, code: string) => one?.was === 'refused' && one.code === code;

const together = async (
  userIds: readonly string[],
  ask: (userIds: readonly string[]) => Promise<ReadonlySet<string>>,
): Promise<ReadonlySet<string | undefined>> => (userIds.length > 0 ? ask([...new Set(userIds)]) : new Set());
