import { z } from 'zod';
import { ClientId, Content, ConversationId, Emoji, Instant, Seq, SessionId, Update, UserId, Version } from './entities.ts';
import { type ErrorCode, errors } from './errors.ts';

/** The version of both sockets' language; named as the WebSocket subprotocol `parley.<number>`. */
export const PROTOCOL_VERSION = 1;
/** The oldest that is still served. */
export const PROTOCOL_FLOOR = 1;

const frame = <T extends string, S extends z.ZodRawShape>(type: T, shape: S) => z.object({ type: z.literal(type), ...shape });
const Code = z.enum(Object.keys(errors) as [ErrorCode, ...ErrorCode[]]);

/** /ws/chat, device to server. One WebSocket message carries one frame or an array of them, taken in order. */
export const ChatUp = z.discriminatedUnion('type', [
  frame('join', { peer: UserId }),
  frame('leave', { peer: UserId }),
  frame('send', { clientId: ClientId, to: UserId, content: Content, replyTo: Seq.optional() }),
  frame('edit', { clientId: ClientId, to: UserId, seq: Seq, saw: Version, content: Content }),
  frame('delete', { clientId: ClientId, to: UserId, seq: Seq, scope: z.enum(['everyone', 'me']) }),
  frame('react', { clientId: ClientId, to: UserId, seq: Seq, emoji: Emoji, set: z.boolean() }),
  /** A device has saved everything up to `seq`. */
  frame('delivered', { clientId: ClientId, to: UserId, seq: Seq }),
  frame('read', { clientId: ClientId, to: UserId, seq: Seq }),
  frame('typing', { to: UserId, active: z.boolean() }),
  frame('ping', {}),
]);
export type ChatUp = z.infer<typeof ChatUp>;

/** What both sockets begin with. */
export const helloShape = {
  protocol: z.int(),
  userId: UserId,
  sessionId: SessionId,
  /** The server's clock, so that the device knows its own skew. */
  serverTime: Instant,
  /** Seconds of silence after which either side may think the other gone. */
  heartbeat: z.int(),
};

const common = [
  /** Something may have been missed on the way to this pod: compare the versions of all conversations within so many milliseconds. */
  frame('resync', { within: z.int() }),
  /** This pod is about to leave: connect anew after so many milliseconds; the old socket is served until then. */
  frame('move', { after: z.int() }),
  frame('pong', { serverTime: Instant }),
  /** What had a `clientId` is answered under it, whatever it was. */
  frame('refused', { clientId: ClientId, code: Code, retryAfter: z.number().optional() }),
  frame('error', { code: Code, message: z.string(), retryAfter: z.number().optional() }),
] as const;

/** /ws/chat, server to device. A client ignores types that it does not know. */
export const ChatDown = z.discriminatedUnion('type', [
  frame('hello', helloShape),
  frame('joined', { peer: UserId, conversationId: ConversationId }),
  frame('update', { update: Update }),
  frame('typing', { conversationId: ConversationId, userId: UserId, active: z.boolean() }),
  ...common,
]);
export type ChatDown = z.infer<typeof ChatDown>;

/** What both sockets may say at any time. */
export type CommonDown = z.infer<(typeof common)[number]>;

export { common as commonFrames, frame };
