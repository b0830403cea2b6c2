import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { freePort } from '@parley/common/testing';
import { textOf } from '../wire/numbers.ts';
import { openWebSocket } from '../wire/websocket.ts';
import { startProgram } from './program.ts';
import { startStore } from './store.ts';
import type { SystemKind } from './system.ts';

const peers = resolve(import.meta.dirname, '..', 'peers');
const installed = join(peers, 'node_modules', 'socket.io', 'package.json');
const versionIn = (path: string) => (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;

const TABLES = `CREATE TABLE sessions (id text PRIMARY KEY, person text NOT NULL);
  CREATE TABLE messages (id bigserial PRIMARY KEY, sender text NOT NULL, receiver text NOT NULL, text text NOT NULL, sent_at timestamptz NOT NULL DEFAULT now());
  CREATE INDEX messages_receiver ON messages (receiver, id)`;

export const socketio: SystemKind = {
  name: 'socketio',
  title: 'Socket.IO, one INSERT a message',
  lacks: () => undefined,
  from: 4_000,
  async start(folder) {
    if (!existsSync(installed)) execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: peers, stdio: 'ignore' });
    await using opening = new AsyncDisposableStack();
    const store = opening.use(await startStore(join(folder, 'postgres')));
    await store.database.query(TABLES);
    const port = await freePort();
    opening.use(
      await startProgram({
        command: [process.execPath, join(peers, 'socketio.ts')],
        env: { DATABASE_URL: store.url, PORT: String(port), NODE_ENV: 'production' },
        logFile: join(folder, 'socketio.log'),
        port,
      }),
    );
    let known = 0;
    const open = opening.move();
    return {
      versions: { 'Socket.IO': versionIn(installed), Node: process.versions.node, PostgreSQL: store.version },
      connections: 1,
      ends: 2,
      keepsOrder: false,
      async people(count) {
        const names = Array.from({ length: Math.max(0, count - known) }, (_, index) => String(known + index));
        await store.database.query("INSERT INTO sessions SELECT 's' || name, name FROM unnest($1::text[]) AS n (name)", [names]);
        known = Math.max(known, count);
      },
      async device(person, { text, closed }) {
        const { promise: there, resolve: connected, reject } = Promise.withResolvers<void>();
        let asked = 0;
        const line = await openWebSocket({
          port,
          path: '/socket.io/?EIO=4&transport=websocket',
          // Engine.IO's words are one digit: 0 opens, 2 pings, 4 carries Socket.IO's, of which 0 connects.
          onText(payload, answer) {
            const [first, second] = payload;
            if (first === 0x30) answer(`40${JSON.stringify({ session: `s${person}` })}`);
            else if (first === 0x32) answer('3');
            else if (first === 0x34 && second === 0x30) connected();
            else if (first === 0x34 && second === 0x34) reject(new Error(`Socket.IO: ${payload}`));
            else text?.(payload);
          },
          ...(closed && { onClose: closed }),
        });
        await there;
        return {
          say: (to, number) => line.send(`42${asked++}["send","${to}","${textOf(number)}"]`),
          delivered: (from, _count, last) => line.send(`42["delivered","${from}",${last}]`),
          close: line.close,
        };
      },
      async stored() {
        const { rows } = await store.database.query<{ count: number }>('SELECT count(*)::integer AS count FROM messages');
        return rows[0]?.count ?? 0;
      },
      [Symbol.asyncDispose]: () => open.disposeAsync(),
    };
  },
};

export const relay: SystemKind = {
  name: 'relay',
  title: 'bare ws relay, nothing stored',
  lacks: () => undefined,
  from: 28_000,
  async start(folder) {
    const port = await freePort();
    const program = await startProgram({
      command: [process.execPath, join(peers, 'relay.ts')],
      env: { PORT: String(port), NODE_ENV: 'production' },
      logFile: join(folder, 'relay.log'),
      port,
    });
    return {
      versions: { ws: versionIn(resolve(peers, '..', '..', 'node_modules', 'ws', 'package.json')), Node: process.versions.node },
      connections: 1,
      ends: 2,
      keepsOrder: false,
      people: async () => {},
      async device(person, { text, closed }) {
        const { promise: there, resolve: connected } = Promise.withResolvers<void>();
        const onText = (payload: Buffer) => (payload.equals(HELLO) ? connected() : text?.(payload));
        const line = await openWebSocket({ port, path: `/${person}`, onText, ...(closed && { onClose: closed }) });
        await there;
        return {
          say: (to, number) => line.send(`${to}\n${textOf(number)}`),
          delivered: (from, _count, last) => line.send(`${from}\n${last}`),
          close: line.close,
        };
      },
      stored: async () => undefined,
      [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
    };
  },
};

const HELLO = Buffer.from('hello');
