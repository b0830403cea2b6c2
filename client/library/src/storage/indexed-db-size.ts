import type { Message } from '@parley/common/contracts';
import { rangesFrom } from '../ranges.ts';
import type { HeldHeader } from './device-store.ts';
import { result, rowsOf } from './indexed-db-requests.ts';

/** What one device keeps of one account at most, messages counted as `sizeOf` does. */
export const STORE_BUDGET_BYTES = 96 * 1024 * 1024;
/** A row without its text. */
export const ROW_BYTES = 400;
/** The newest messages of a conversation are there whenever it is opened. */
const LEAST_ROWS = 50;
/** Rows that are let go at a time, so that nobody who writes has to wait long. */
const CHUNK = 1_000;

export interface Usage {
  readonly bytes: number;
  readonly usedAt: number;
}

/** What a row takes, near enough: browsers do not say. */
export const sizeOf = ({ content, reactions }: Message) => ROW_BYTES + 2 * (content?.text.length ?? 0) + 80 * (reactions?.length ?? 0);

/** The oldest messages of the conversations that were looked at least go first. What was written and not sent is never among them. */
export async function trim(database: IDBDatabase, budget: number): Promise<void> {
  const usage = database.transaction('usage').objectStore('usage');
  const [ids, usages] = await Promise.all([result(usage.getAllKeys()), result<Usage[]>(usage.getAll())]);
  let total = usages.reduce((sum, { bytes }) => sum + bytes, 0);
  const inOrder = ids.map((id, index) => ({ id: id as string, usedAt: usages[index]?.usedAt ?? 0 }));
  for (const { id } of inOrder.sort((one, other) => one.usedAt - other.usedAt)) {
    for (let freed = 1; total > budget && freed > 0; total -= freed) freed = await letGo(database, id, total - budget);
  }
}

/** Lets go of some of the oldest rows of a conversation; answers how much they took. */
function letGo(database: IDBDatabase, conversationId: string, excess: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(['held', 'messages', 'usage'], 'readwrite');
    let freed = 0;
    void (async () => {
      const header = await result<HeldHeader | undefined>(transaction.objectStore('held').get(conversationId));
      const last = (header?.lastSeq ?? 0) - LEAST_ROWS;
      if (!header || last < 1) return;
      const rows = await result<Message[]>(transaction.objectStore('messages').getAll(rowsOf(conversationId, [0, last]), CHUNK));
      let gone = 0;
      for (const row of rows) {
        if (freed >= excess) break;
        freed += sizeOf(row);
        gone = row.seq;
      }
      // Places without a row take nothing: a chunk that is not full has reached the end of what may go.
      if (rows.length < CHUNK && freed < excess) gone = last;
      transaction.objectStore('messages').delete(rowsOf(conversationId, [0, gone]));
      transaction.objectStore('held').put({ ...header, ranges: rangesFrom(header.ranges, gone + 1) }, conversationId);
      const usage = await result<Usage | undefined>(transaction.objectStore('usage').get(conversationId));
      transaction.objectStore('usage').put({ usedAt: 0, ...usage, bytes: Math.max(0, (usage?.bytes ?? 0) - freed) }, conversationId);
    })().catch(reject);
    transaction.oncomplete = () => resolve(freed);
    transaction.onabort = () => reject(transaction.error);
  });
}
