import { type EventData, limits, type Settings } from '@parley/common/contracts';
import { at } from './rows.ts';

/** What one person decided about one conversation, as a row. */
export interface MemberRow {
  readonly conversation_id: string;
  readonly user_id: string;
  readonly peer_id: string;
  readonly pinned: boolean;
  readonly archived: boolean;
  readonly muted_until: Date | string | null;
  readonly marked_unread: boolean;
  readonly blocked: boolean;
  readonly settings_version: number;
}

export const settingsOf = (
  row: Pick<MemberRow, 'pinned' | 'archived' | 'muted_until' | 'marked_unread' | 'blocked'>,
  now: number,
): Settings => ({
  pinned: row.pinned,
  archived: row.archived,
  mutedUntil: row.muted_until !== null && new Date(row.muted_until).getTime() > now ? at(row.muted_until) : null,
  markedUnread: row.marked_unread,
  blocked: row.blocked,
});

export const toSettings = (row: MemberRow, unread: number, now: number): EventData<'settings.changed'> => ({
  userId: row.user_id,
  conversationId: row.conversation_id,
  peerId: row.peer_id,
  settings: settingsOf(row, now),
  settingsVersion: row.settings_version,
  unread,
});

export const capped = (unread: number) => Math.min(Math.max(unread, 0), limits.unread);
