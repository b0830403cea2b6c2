import { expect, test } from 'vitest';
import { openSchemaBook } from './documents/schemas.ts';
import {
  ChatDown,
  ChatUp,
  closeCodes,
  type ErrorCode,
  type EventName,
  errors,
  events,
  exchangeOf,
  limits,
  NotificationDown,
  NotificationUp,
  PROTOCOL_FLOOR,
  PROTOCOL_VERSION,
  type Route,
  routes,
  sentences,
} from './index.ts';

const mapped = <T, U>(record: Readonly<Record<string, T>>, change: (value: T, name: string) => U) =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value, name)]));

test('the wire changes only on purpose: every event, frame, route and error is as wire.json says (vitest -u, and a look at the diff)', async () => {
  const book = openSchemaBook('draft-2020-12');
  const wire = {
    protocol: { version: PROTOCOL_VERSION, floor: PROTOCOL_FLOOR },
    events: mapped(events, ({ owner, hearers, data }, name) => ({
      exchange: exchangeOf(name as EventName),
      owner,
      hearers,
      data: book.of(data),
    })),
    frames: mapped(
      { 'chat up': ChatUp, 'chat down': ChatDown, 'notifications up': NotificationUp, 'notifications down': NotificationDown },
      book.of,
    ),
    routes: mapped(routes as Record<string, Route>, ({ summary: _, input, output, ...rest }) => ({
      ...rest,
      input: book.of(input),
      output: output && book.of(output),
    })),
    errors: mapped(errors, ({ status, retryable }, code) => ({ status, message: sentences[code as ErrorCode], retryable })),
    closeCodes,
    limits,
    named: book.named,
  };
  await expect(`${JSON.stringify(wire, null, 1)}\n`).toMatchFileSnapshot('wire.json');
});
