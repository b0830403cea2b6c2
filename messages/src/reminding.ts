import { membersOf } from '@parley/common/contracts';
import type { Pool } from 'pg';
import type { Command, Gathered, Gathering } from './commands.ts';
import { readConversations } from './conversations.ts';
import type { Outcome } from './outcomes.ts';
import type { Side, Standing, Stored } from './store.ts';

export type Remind = (gathering: Gathering, stored: Stored, now: number) => Promise<Outcome[]>;

/**
 * Whoever was given a batch before may have died between storing and telling it; what is stored is no change when it comes
 * again. So both people are told how their conversation stands, as a new device would be: of a version that they hold they
 * take nothing, and with one that they miss they know that there is something to fetch.
 */
export const createReminding =
  (database: Pool): Remind =>
  async ({ conversations }, { standings }, now) => {
    const due = conversations.flatMap((gathered, index) => dueOf(gathered, standings[index]));
    if (due.length === 0) return [];
    const read = await readConversations(database, due, now);
    return read.map(({ userId, conversation }): Outcome => {
      const { conversationId, peerId, epoch, version, lastSeq, unread, preview, marks, closed } = conversation;
      const update = { conversationId, epoch, from: version, version, messages: [], marks, ...(closed && { closed: true as const }) };
      const lists = { [userId]: { lastSeq, unread, preview, notify: false } };
      return { name: 'receipt.moved', data: { members: membersOf(userId, peerId), update, only: userId, lists } };
    });
  };

const dueOf = ({ conversationId, members, again }: Gathered, standing: Standing | undefined) =>
  standing
    ? members
        .filter((userId) => again.some((command) => concerns(command, userId, members, standing)))
        .map((userId) => ({ conversationId, userId }))
    : [];

/** What its giver did for themselves alone, and marks that are not shown, must not show now. */
function concerns({ name, data }: Command, userId: string, members: readonly [string, string], { sides }: Standing): boolean {
  if (data.senderId === userId) return true;
  const giver: Side = sides[data.senderId === members[0] ? 0 : 1];
  switch (name) {
    case 'message.delivered':
      return !giver.blocks;
    case 'message.read':
      return !giver.blocks && giver.shown.read === giver.marks.read;
    case 'message.deleted':
      return data.scope === 'everyone';
    default:
      return true;
  }
}
