import type { Conversation } from '@parley/common/contracts';

/** What a service worker shows: the same names, whatever the version of the page. */
export interface PushPayload {
  readonly kind: 'message';
  readonly conversationId: string;
  readonly peerId: string;
  readonly title: string;
  /** Null: somebody wants it not to be read over their shoulder, or there is nothing to show. */
  readonly body: string | null;
  readonly unread: number;
  readonly seq: number;
  readonly at: string;
}

/** Code points; with the name and all else far below what a push may hold, however many bytes each takes. */
const BODY = 160;

export function textOf(
  { conversationId, peerId, preview, unread, lastSeq, lastActivityAt }: Conversation,
  name: string,
  previews: boolean,
): string {
  const text = previews && preview?.senderId === peerId ? preview.text : null;
  const payload: PushPayload = {
    kind: 'message',
    conversationId,
    peerId,
    title: name,
    body: text === null ? null : shortened(text),
    unread,
    seq: lastSeq,
    at: preview?.sentAt ?? lastActivityAt,
  };
  return JSON.stringify(payload);
}

function shortened(text: string): string {
  const points = [...text.replace(/\s+/g, ' ').trim()];
  return points.length <= BODY ? points.join('') : `${points.slice(0, BODY - 1).join('')}…`;
}
