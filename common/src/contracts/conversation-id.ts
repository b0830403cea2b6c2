import { sha256 } from './sha256.ts';

/**
 * The conversation of two people, computed: any pod and any device knows it without asking. A UUIDv8 of the SHA-256 of
 * both ids in order.
 */
export function conversationIdOf(one: string, other: string): string {
  const [first, second] = membersOf(one, other);
  const bytes = sha256(new TextEncoder().encode(`${first}:${second}`)).subarray(0, 16);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Both people of a conversation, in the one order that everything stores them in. */
export function membersOf(one: string, other: string): [string, string] {
  return one < other ? [one, other] : [other, one];
}

/** The shard whose queue carries everything of a conversation. The id is a hash already. */
export function shardOf(conversationId: string, shards: number): number {
  return Number.parseInt(conversationId.slice(0, 8), 16) % shards;
}
