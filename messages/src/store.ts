import { uuidv7 } from '@parley/common/contracts';
import { type Clock, instant } from '@parley/common/server';
import type { ClientBase, Pool } from 'pg';
import { asStored, type Gathered, type Gathering, LARGEST } from './commands.ts';
import type { MemberRow } from './member-rows.ts';
import type { MessageRow } from './rows.ts';

/** `hidden_for`: who of the two deleted it for themselves. */
export type Repeated = MessageRow & { readonly hidden_for: readonly string[] };

/** One message of a batch, judged: stored, there already, or refused. */
export type Judged =
  | { readonly was: 'stored'; readonly seq: number; readonly id: string }
  | { readonly was: 'there'; readonly row: Repeated }
  | { readonly was: 'refused'; readonly code: string }
  /** Not judged yet: it is stored once more. */
  | { readonly was: 'put-off' };

export interface Side {
  readonly lastSeq: number;
  readonly unread: number;
  /** How their marks moved: 0 not, 1 shown to the peer, 2 for themselves alone, 3 the one and then the other. */
  readonly moved: 0 | 1 | 2 | 3;
  readonly marks: { readonly delivered: number; readonly read: number };
  readonly shown: { readonly delivered: number; readonly read: number };
  readonly muted: boolean;
  readonly blocks: boolean;
  /** So many of the changes before were the peer's alone. */
  readonly behind: number;
}

/** How a conversation stands after messages and marks. A conversation that was never begun has none. */
export interface Standing {
  readonly from: number;
  readonly version: number;
  readonly sides: readonly [Side, Side];
}

export type Change =
  | { readonly code: string }
  | {
      readonly from: number;
      readonly version: number;
      readonly message?: MessageRow;
      /** As whom to look at the message. */
      readonly viewer?: string;
      readonly hidden?: number;
      readonly closed?: true;
      readonly concealed?: string;
      readonly only?: string;
    };

interface ListRow {
  readonly last: number;
  readonly unread: number;
  readonly preview: MessageRow | null;
}

export interface Changed {
  readonly changes: readonly Change[];
  /** Of first and second: how many changes before these were the other's alone; absent where there is no conversation. */
  readonly behind?: readonly [number, number];
  /** Of first and second; absent when nothing changed. */
  readonly lists?: readonly [ListRow, ListRow];
}

export interface Stored {
  readonly at: string;
  readonly epoch: string;
  /** In the order of the gathering's conversations and their messages. */
  readonly judged: readonly Judged[];
  readonly standings: readonly (Standing | undefined)[];
  readonly changed: readonly Changed[];
  readonly settings: readonly MemberRow[];
}

export interface Store {
  store(gathering: Gathering): Promise<Stored>;
  /** Those of them who may begin another conversation now. */
  mayBegin(userIds: readonly string[]): Promise<ReadonlySet<string>>;
}

export interface StoreOptions {
  readonly database: Pool;
  readonly clock: Clock;
  /** How many conversations one person may begin in 24 hours. */
  readonly newConversations: number;
}

const COLUMNS_OF_SIDE = 10;

const statement = (now: string, newConversations: number, parameters: readonly unknown[]) => ({
  name: 'store',
  text: 'SELECT seqs::text, refused, repeats, standing::text, changes, settings, epoch FROM installation, store($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19)',
  values: [now, newConversations, ...parameters],
});

/** So many columns of conversations and of messages. */
const COLUMNS = 15;

/**
 * Stores nothing, once, on a new connection. PostgreSQL plans all of the function when it is first called, which takes ten
 * times as long as a call; so whoever writes first waits for nothing but their own message.
 */
export async function warmUp(client: ClientBase): Promise<void> {
  await client.query(statement(instant(0), 0, [...Array.from({ length: COLUMNS }, () => '{}'), '[]', null]));
}

/** Writes batches through the one database function that numbers, in one round trip each. */
export function createStore({ database, clock, newConversations }: StoreOptions): Store {
  return {
    async store(gathering) {
      const now = instant(clock.now());
      const ids = gathering.conversations.flatMap(({ sent }) => sent.map(() => uuidv7(clock.now())));
      const { rows } = await database.query(statement(now, newConversations, parameters(gathering, ids)));
      return read(rows[0], gathering, ids, now);
    },
    async mayBegin(userIds) {
      const { rows } = await database.query<{ id: string }>(
        `SELECT id FROM unnest($1::uuid[]) AS id WHERE $2 > (
           SELECT count(*) FROM conversations c WHERE c.started_by = id AND c.started_at > $3::timestamptz - interval '24 hours')`,
        [userIds, newConversations, instant(clock.now())],
      );
      return new Set(rows.map(({ id }) => id));
    },
  };
}

function parameters({ conversations, others }: Gathering, ids: readonly string[]): unknown[] {
  const places = new Map(conversations.map(({ conversationId }, index) => [conversationId, index + 1]));
  const sent = conversations.flatMap((conversation, index) =>
    conversation.sent.map((message) => ({ ...message, conversation, place: index + 1 })),
  );
  const column = (of: (conversation: Gathered) => string | number) => array(conversations.map(of));
  let ending = 0;
  return [
    column(({ conversationId }) => conversationId),
    column(({ members }) => members[0]),
    column(({ members }) => members[1]),
    column(({ members, sent: [first] }) => (first ? (first.data.senderId === members[0] ? 1 : 2) : 0)),
    // Nothing for who only marked: the last message before would be another conversation's.
    column(({ sent: { length } }) => {
      ending += length;
      return length === 0 ? 0 : ending;
    }),
    column(({ receipts }) => receipts[0].delivered),
    column(({ receipts }) => receipts[0].read),
    column(({ receipts }) => receipts[1].delivered),
    column(({ receipts }) => receipts[1].read),
    sent.length === 0 ? null : array(sent.map(({ place }) => place)),
    array(sent.map(({ data, conversation }) => data.senderId === conversation.members[0])),
    array(sent.map(({ data }) => data.clientId)),
    array(ids),
    array(sent.map(({ hash }) => hash)),
    array(sent.map(({ data }) => data.replyTo && Math.min(data.replyTo, LARGEST))),
    JSON.stringify(sent.map(({ data }) => data.content)),
    others.length === 0 ? null : JSON.stringify(others.map((command) => asStored(command, places.get(command.data.conversationId) ?? 0))),
  ];
}

/** Numbers, truth values and uuids need no quoting, so an array literal is a join. */
const array = (values: readonly (string | number | boolean | null)[]) => `{${values.map((value) => value ?? 'NULL').join(',')}}`;
/** The other way round, and as quick. */
const numbers = <T>(literal: string | null): T[] => (literal === null ? [] : JSON.parse(literal.replaceAll('{', '[').replaceAll('}', ']')));

interface StoreRow {
  readonly epoch: string;
  readonly seqs: string | null;
  readonly refused: (string | null)[] | null;
  readonly repeats: Readonly<Record<string, Repeated>> | null;
  readonly standing: string | null;
  readonly changes: Changed[] | null;
  readonly settings: MemberRow[] | null;
}

function read(row: StoreRow, { conversations }: Gathering, ids: readonly string[], at: string): Stored {
  const judged = numbers<number>(row.seqs).map((seq, index): Judged => {
    if (seq > 0) return { was: 'stored', seq, id: ids[index] as string };
    const there = row.repeats?.[index + 1];
    if (there) return { was: 'there', row: there };
    return { was: 'refused', code: row.refused?.[index] ?? 'internal' };
  });
  const standings: (Standing | undefined)[] = conversations.map(() => undefined);
  for (const [n, from, version, ...sides] of numbers<number[]>(row.standing)) {
    standings[Number(n) - 1] = {
      from: Number(from),
      version: Number(version),
      sides: [side(sides.slice(0, COLUMNS_OF_SIDE)), side(sides.slice(COLUMNS_OF_SIDE))],
    };
  }
  return { at, epoch: row.epoch, judged, standings, changed: row.changes ?? [], settings: row.settings ?? [] };
}

function side(columns: readonly number[]): Side {
  const [lastSeq = 0, unread = 0, moved = 0, delivered = 0, read = 0, shownDelivered = 0, shownRead = 0, muted, blocks, behind = 0] =
    columns;
  return {
    lastSeq,
    unread: blocks === 1 ? 0 : unread,
    moved: moved as Side['moved'],
    marks: { delivered, read },
    shown: { delivered: shownDelivered, read: shownRead },
    muted: muted === 1,
    blocks: blocks === 1,
    behind,
  };
}
