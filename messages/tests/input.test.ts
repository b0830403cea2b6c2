import { messageRoutes, type Route, requestOf, uuidv7 } from '@parley/common/contracts';
import { visitor } from '@parley/common/testing';
import { expect, test } from 'vitest';
import { openScene, type Scene } from './cast.ts';

const cursor = (...values: unknown[]) => Buffer.from(JSON.stringify(values)).toString('base64url');
const NOW = '2026-01-01T00:00:00.000Z';
const id = uuidv7();

/** Whatever may come back as the place where a page ended: no cursor, and cursors of other lists or of none. */
const cursors = [
  '',
  'nonsense',
  '%00',
  'x'.repeat(600),
  Buffer.from('{"a":1}').toString('base64url'),
  Buffer.from('[').toString('base64url'),
  cursor(),
  cursor(null),
  cursor('true'),
  cursor(id, id),
  cursor('9999'),
  cursor('true', NOW),
  cursor('true', 'true', 'true'),
  cursor(NOW, id, 'true'),
  cursor('true', id, NOW),
  cursor('true', '2026-13-41T25:61:61.000Z', id),
  cursor('true', '0000-01-01T00:00:00.000Z', id),
  cursor('true', '2026-02-30T00:00:00.000Z', id),
  cursor('true', NOW, 'g'.repeat(36)),
  cursor('1', NOW, id, '999999999999'),
  cursor('-1', NOW, id, '1'),
  cursor('1', NOW, id, '1.5'),
  cursor('true', NOW, id, '1'),
  cursor('1', NOW, '1', id),
  cursor({ toString: 'x' }, NOW, id),
];
const numbers = ['', ' ', '-1', '0', '1.5', '1e400', 'NaN', 'Infinity', '0x', '99999999999999999999', '9007199254740993', 'x', '\0'];
const texts = ['', '\0', 'a\0b', '\ud800', 'x'.repeat(5_000), '%', "'; --"];
const ids = ['', 'x', '\0', id.toUpperCase(), `${id} `, `{${id}}`, '00000000-0000-0000-0000-00000000000g'];
const bodies = [
  [],
  null,
  1,
  'x',
  {},
  { pinned: 'true' },
  { mutedUntil: '0000-01-01T00:00:00.000Z' },
  { mutedUntil: '' },
  { seq: 1e300 },
  { seq: 0 },
];

const garbage: Readonly<Record<string, readonly string[]>> = { after: cursors, peerId: ids, userId: ids, q: texts, epoch: texts };

interface Answered {
  readonly asked: unknown;
  readonly status: number;
  readonly code: string | undefined;
}

/** One route, asked as it should be but for one field at a time, and with bodies that are none. */
async function answersOf(scene: Scene, route: Route, right: Readonly<Record<string, unknown>>, cookie: string): Promise<Answered[]> {
  const { fetch } = visitor(scene.url, { cookie });
  const fields = Object.keys(route.input.shape);
  const asked = Object.fromEntries(fields.filter((field) => field in right).map((field) => [field, right[field]]));
  const inputs = fields.flatMap((field) => (garbage[field] ?? numbers).map((value) => ({ ...asked, [field]: value })));
  const { method, path } = requestOf(route, asked as never);
  const requests = [
    ...inputs.map((input) => ({ asked: input, ...requestOf(route, input as never) })),
    ...(route.method === 'get' ? [] : bodies.map((body) => ({ asked: body, method, path, body: JSON.stringify(body) }))),
  ];
  return Promise.all(
    requests.map(async ({ asked: what, path: at, body, ...request }) => {
      const response = await fetch(at, {
        method: request.method,
        ...(body !== undefined && { body, headers: { 'content-type': 'application/json' } }),
      });
      const text = await response.text();
      return { asked: what, status: response.status, code: response.ok || text === '' ? undefined : JSON.parse(text).code };
    }),
  );
}

test('whatever comes in place of what is asked for is refused for what it is, and never a fault of ours', async () => {
  await using scene = await openScene();
  const bob = await scene.arrive();
  const right = {
    peerId: bob.userId,
    userId: bob.userId,
    q: 'hello',
    epoch: 'x',
    since: 0,
    seq: 1,
    reads: [{ peerId: bob.userId, seq: 1 }],
  };
  for (const [name, route] of Object.entries<Route>(messageRoutes)) {
    // Everybody may ask so often and no more.
    const alice = await scene.arrive();
    await alice.send(bob, 'Hello.');
    const answers = await answersOf(scene, route, right, alice.cookie);
    expect([name, answers.filter(({ status }) => status >= 500)]).toEqual([name, []]);
    const places = answers.filter(({ asked }) => typeof asked === 'object' && asked !== null && 'after' in asked);
    expect([name, places.filter(({ status, code }) => status !== 400 || code !== 'invalid-input')]).toEqual([name, []]);
  }
});
