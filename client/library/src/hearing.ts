import type { ChatDown, ChatUp, Me, Notice, NotificationDown, Update } from '@parley/common/contracts';
import { conversationIdOf } from '@parley/common/contracts/conversation-id';
import type { Clock } from './clock.ts';
import type { CompareBy } from './comparison.ts';
import type { Connection } from './connection.ts';
import type { Conversations } from './conversations.ts';
import type { List } from './list.ts';
import type { Outbox } from './outbox.ts';
import type { Heard } from './tabs.ts';

export interface HearingOptions {
  readonly me: Me;
  readonly list: List;
  readonly conversations: Conversations;
  readonly clock: Clock;
  readonly random: () => number;
  readonly outbox: Outbox;
  readonly tell: (event: Heard) => void;
  readonly fail: (error: unknown) => void;
  readonly compare: (by?: CompareBy) => Promise<void>;
  readonly chat: () => Connection<ChatUp, ChatDown>;
  readonly isStopped: () => boolean;
}

/**
 * What a notice speaks of comes as an update over the other socket, as a rule: sooner or later, for nothing orders the two. Only when it does
 * not come by then is it asked for.
 */
const UPDATE_WITHIN_MS = 1_000;

/** Which frame goes where. */
export function createHearing(options: HearingOptions) {
  const { me, list, conversations, outbox, clock, random, tell, fail, compare, chat, isStopped } = options;
  /** The last notice of each conversation whose update is waited for, by the other person. */
  const noticed = new Map<string, Notice>();

  const seeSoon = (notice: Notice) => {
    const { peerId } = notice;
    // Where no update can come nobody waits for it.
    if (chat().state.at !== 'open') return void conversations.see(peerId, notice).catch(fail);
    if (!noticed.has(peerId)) clock.after(UPDATE_WITHIN_MS, () => see(peerId));
    noticed.set(peerId, notice);
  };

  const see = (peerId: string) => {
    const notice = noticed.get(peerId);
    noticed.delete(peerId);
    if (notice && !isStopped()) void conversations.see(peerId, notice).catch(fail);
  };

  const resync = (within: number) => clock.after(random() * within, () => void compare());

  const settleBy = (peerId: string, update: Update) => {
    const mine = update.messages.filter(({ senderId }) => senderId === me.userId).map(({ clientId }) => clientId);
    const read = update.marks?.[me.userId]?.read ?? 0;
    const reads = outbox.entries().filter(({ command }) => command.type === 'read' && command.to === peerId && command.seq <= read);
    outbox.settle([...mine, ...(update.answers ?? []), ...reads.map(({ command }) => command.clientId)]);
  };

  const peerOf = (conversationId: string, update?: Update) => {
    const known = list.byId(conversationId)?.peerId ?? conversations.all().find((held) => held.conversationId === conversationId)?.peerId;
    if (known) return known;
    // A conversation nobody has spoken of yet: whom I wrote to, or its rows and marks, name the other person.
    const writtenTo = outbox.entries().map(({ command }) => command.to);
    const named = [...writtenTo, ...Object.keys(update?.marks ?? {}), ...(update?.messages.map(({ senderId }) => senderId) ?? [])];
    return named.find((id) => id !== me.userId && conversationIdOf(me.userId, id) === conversationId);
  };

  const onUpdate = async (update: Update) => {
    const peerId = peerOf(update.conversationId, update);
    // From a stranger, about nothing: whoever knows my id could send it as often as they like.
    if (!peerId && update.messages.length === 0) return;
    if (!peerId) return compare('list');
    await conversations.hear(peerId, update);
    settleBy(peerId, update);
  };

  const onChat = (frame: ChatDown) => {
    if (isStopped()) return;
    if (frame.type === 'update') void onUpdate(frame.update).catch(fail);
    else if (frame.type === 'refused') outbox.refused(frame.clientId, frame.code, frame.retryAfter);
    else if (frame.type === 'typing') {
      // Whoever types names themselves: the list need not be known yet.
      const { userId: peerId, active } = frame;
      if (conversationIdOf(me.userId, peerId) === frame.conversationId) tell({ kind: 'typing', peerId, active });
    } else if (frame.type === 'resync') resync(frame.within);
  };

  const onNotification = (frame: NotificationDown) => {
    if (isStopped()) return;
    if (frame.type === 'notice') {
      if (list.byId(frame.notice.conversationId)) list.notice(frame.notice);
      else void compare('list');
      seeSoon(frame.notice);
    } else if (frame.type === 'settings') {
      if (list.byId(frame.conversationId)) list.settings(frame);
      else void compare('list');
      // Typing passes between open rooms alone, and nobody types to whom they blocked.
      chat().send({ type: frame.settings.blocked ? 'leave' : 'join', peer: frame.peerId });
    }
    if (frame.type === 'presence') tell({ kind: 'presence', people: frame.people });
    else if (frame.type === 'resync') resync(frame.within);
    tell({ kind: 'notification', frame });
  };

  return { onChat, onNotification };
}
