import { createHash } from 'node:crypto';
import { type CommandName, conversationIdOf, type EventData, type Fact, limits, membersOf } from '@parley/common/contracts';

/** What the store is told to do: what a person did, or that one of the two is gone. `again`: it may be stored already, and nobody told of it. */
export type Command = (Fact<CommandName> & { readonly again?: true }) | Closing;
export type Sent = EventData<'message.sent'>;
export interface Closing {
  readonly name: 'conversation.closed';
  readonly data: { readonly conversationId: string; readonly senderId: string; readonly peerId: string; readonly clientId: string };
  readonly again?: true;
}

/** How far the devices of one person say they are, and which of their commands said so. */
export interface Receipts {
  delivered: number;
  read: number;
  readonly clientIds: string[];
}

/** What a batch holds of one conversation. `other` commands know their place in the batch's list of them. */
export interface Gathered {
  readonly conversationId: string;
  readonly members: readonly [string, string];
  readonly sent: Numbered[];
  readonly receipts: readonly [Receipts, Receipts];
  /** Those of its commands that come again. */
  readonly again: Command[];
}

export interface Numbered {
  readonly data: Sent;
  readonly hash: string;
}

export interface Gathering {
  /** Those with new messages first. */
  readonly conversations: readonly Gathered[];
  readonly others: readonly Exclude<Command, Fact<'message.sent' | 'message.delivered' | 'message.read'>>[];
  /** A second message under a client id of this batch, with other content: it can be judged once the first one was. */
  readonly rest: readonly Command[];
}

/** Sorts a batch by conversation; in each the order of arrival stays. */
export function gather(commands: readonly Command[]): Gathering {
  const conversations = new Map<string, Gathered>();
  const others: Gathering['others'][number][] = [];
  const rest: Command[] = [];
  const hashes = new Map<string, string>();
  for (const command of commands) {
    const gathered = conversationOf(conversations, command);
    if (command.again) gathered.again.push(command);
    if (command.name === 'message.sent') {
      const { data } = command;
      const key = `${data.conversationId} ${data.senderId} ${data.clientId}`;
      const hash = hashOf([data.content, data.replyTo]);
      const known = hashes.get(key);
      hashes.set(key, known ?? hash);
      if (known === undefined) gathered.sent.push({ data, hash });
      else if (known !== hash) rest.push(command);
    } else if (command.name === 'message.delivered' || command.name === 'message.read') {
      const receipts = gathered.receipts[command.data.senderId === gathered.members[0] ? 0 : 1];
      const mark = command.name === 'message.read' ? 'read' : 'delivered';
      receipts[mark] = Math.max(receipts[mark], Math.min(command.data.seq, LARGEST));
      receipts.clientIds.push(command.data.clientId);
    } else {
      others.push(command);
    }
  }
  const all = [...conversations.values()];
  return { conversations: [...all.filter(({ sent }) => sent.length > 0), ...all.filter(({ sent }) => sent.length === 0)], others, rest };
}

/** PostgreSQL's largest integer; a place beyond it is none. */
export const LARGEST = 2_147_483_647;

function conversationOf(conversations: Map<string, Gathered>, { data: { conversationId, senderId, peerId } }: Command): Gathered {
  const known = conversations.get(conversationId);
  if (known) return known;
  const receipts = () => ({ delivered: 0, read: 0, clientIds: [] });
  const made = {
    conversationId,
    members: membersOf(senderId, peerId),
    sent: [],
    receipts: [receipts(), receipts()],
    again: [],
  } satisfies Gathered;
  conversations.set(conversationId, made);
  return made;
}

/** Of what a command says, so that another one under its id is known. The first 64 bits are plenty: a collision could only fool the sender's own device. */
const hashOf = (said: readonly unknown[]) => createHash('sha256').update(JSON.stringify(said)).digest().readBigInt64BE().toString();

/** Conversations whose id was found to be that of its two people: computing it costs more than all else that is done for a message here. */
const proven = new Map<string, string>();
const REMEMBERED = 50_000;

/** Who says what about which conversation hangs together; anything else was not made by a socket-handler. */
export function isConsistent({ data: { conversationId, senderId, peerId } }: Command): boolean {
  if (senderId === peerId) return false;
  const members = membersOf(senderId, peerId).join();
  if (proven.get(conversationId) === members) return true;
  if (conversationId !== conversationIdOf(senderId, peerId)) return false;
  if (proven.size >= REMEMBERED) proven.clear();
  proven.set(conversationId, members);
  return true;
}

/** A command of the rare kinds as the database function takes it. */
export function asStored(command: Gathering['others'][number], place: number): object {
  const { senderId: actorId, clientId } = command.data;
  const stored = { place, actorId, clientId };
  switch (command.name) {
    case 'message.edited': {
      const { seq, saw, content } = command.data;
      return { ...stored, kind: 'edit', seq: within(seq), saw: within(saw), content, hash: hashOf(['edit', seq, saw, content]) };
    }
    case 'message.deleted': {
      const { seq, scope } = command.data;
      return { ...stored, kind: scope === 'everyone' ? 'delete' : 'hide', seq: within(seq), hash: hashOf(['delete', seq, scope]) };
    }
    case 'message.reacted': {
      const { seq, emoji, set } = command.data;
      const reaction = { userId: actorId, emoji };
      const hash = hashOf(['react', seq, emoji, set]);
      return { ...stored, kind: 'react', seq: within(seq), set, most: limits.reactionsPerPerson, reaction, hash };
    }
    case 'conversation.closed':
      return { ...stored, kind: 'close' };
  }
}

const within = (number: number) => Math.min(number, LARGEST);
