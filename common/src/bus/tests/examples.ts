import type { EventData } from '../../contracts/index.ts';

/** Facts for tests, told apart by a number. */
export const uuid = (number: number) => `018f0000-0000-7000-8000-${String(number).padStart(12, '0')}`;
const at = '2026-01-01T00:00:00.000Z';

export const registered = (number: number): EventData<'user.registered'> => ({
  userId: uuid(number),
  number,
  userName: `person-${number}`,
  displayName: `Person ${number}`,
  at,
});

export const ended = (number: number): EventData<'session.ended'> => ({
  userId: uuid(1),
  number,
  sessionIds: [uuid(number)],
  reason: 'revoked',
  at,
});

export const online = (number: number): EventData<'user.online'> => ({ userId: uuid(1), number, at });

const command = (number: number) => ({
  clientId: uuid(number),
  conversationId: uuid(1),
  senderId: uuid(2),
  peerId: uuid(3),
  deviceId: 'device',
});

export const sent = (number: number): EventData<'message.sent'> => ({
  ...command(number),
  content: { kind: 'text', text: `message ${number}` },
  replyTo: null,
});

export const read = (number: number): EventData<'message.read'> => ({ ...command(number), seq: number });

export const typing = (number: number): EventData<'person.typing'> => ({
  conversationId: uuid(number),
  userId: uuid(2),
  peerId: uuid(3),
  active: true,
});

/** The number that an example was made with. */
export function numberOf({ data }: { readonly data: object }): number {
  const { number, clientId, conversationId } = data as { number?: number; clientId?: string; conversationId?: string };
  return number ?? Number((clientId ?? conversationId)?.slice(-12));
}

export const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, index) => first + index);
