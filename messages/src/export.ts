import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '@parley/common/server';
import type { Response } from 'express';
import type { Pool } from 'pg';
import { listById } from './conversations.ts';
import { readPage } from './pages.ts';

/** Messages that are read in one go. */
const PAGE = 100;

/** Whoever asked is gone, before it began or on the way. */
const left: ReadonlySet<unknown> = new Set(['ERR_STREAM_UNABLE_TO_PIPE', 'ERR_STREAM_PREMATURE_CLOSE']);

/** Page by page and at the pace of the reader, so that a life's messages never are in memory at once. */
export async function exportAll(database: Pool, userId: string, response: Response, clock: Clock): Promise<Uint8Array<ArrayBuffer>> {
  const lines = everythingOf(database, userId, clock);
  // What can't even begin is refused; what breaks later is broken off, so that nobody takes a part for the whole.
  const first = await lines.next();
  response.type('application/x-ndjson').set('content-disposition', 'attachment; filename="messages.ndjson"');
  await pipeline(Readable.from(asText(first, lines)), response).catch((error: unknown) => {
    if (!left.has((error as { code?: unknown }).code)) throw error;
  });
  return new Uint8Array();
}

type Line = Readonly<Record<string, unknown>>;

async function* asText(first: IteratorResult<Line>, rest: AsyncGenerator<Line>) {
  if (first.done) return;
  yield `${JSON.stringify(first.value)}\n`;
  for await (const line of rest) yield `${JSON.stringify(line)}\n`;
}

/** By the conversations' ids, which stay as they are while people write, pin and archive: each comes once. */
export async function* everythingOf(database: Pool, userId: string, clock: Clock): AsyncGenerator<Line> {
  for (let after: string | undefined; ; ) {
    const conversations = await listById(database, userId, after, clock.now());
    for (const conversation of conversations) {
      yield { kind: 'conversation', ...conversation };
      yield* messagesWith(database, userId, conversation.peerId);
    }
    after = conversations.at(-1)?.conversationId;
    if (after === undefined) return;
  }
}

async function* messagesWith(database: Pool, userId: string, peerId: string): AsyncGenerator<Line> {
  for (let [after, more] = [0, true]; more; ) {
    const page = await readPage(database, userId, peerId, { after, limit: PAGE });
    for (const message of page.messages) yield { kind: 'message', conversationId: page.conversationId, ...message };
    after = Math.max(after, ...page.messages.map(({ seq }) => seq), ...page.hidden);
    more = page.hasAfter;
  }
}
