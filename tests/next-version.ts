import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { services } from '@parley/common/contracts';

const here = resolve(import.meta.dirname, '..');

/** What the release after this one might bring: one of everything that two versions side by side have to bear with. */
const changes: Readonly<Record<string, readonly (readonly [here: string, next: string])[]>> = {
  // A field of what conversations are told by: an event, a frame to devices and the answers of routes.
  'common/src/contracts/entities.ts': [
    ['export const Update = z.object({\n', "export const Update = z.object({\n  tone: z.string().default('calm'),\n"],
  ],
  'messages/src/outcomes.ts': [["['update'] = {\n", "['update'] = {\n    tone: 'calm',\n"]],
  // A field of an event that waits in an outbox, where whichever version comes first relays it; and two events more.
  'common/src/contracts/events.ts': [
    [
      'number: AccountNumber, userName: z.string(), displayName',
      'number: AccountNumber, tone: z.string().optional(), userName: z.string(), displayName',
    ],
    [
      'export const userEvents = {\n',
      "export const userEvents = {\n  'user.pondered': event('auth', ['users'], z.object({ userId: UserId, number: AccountNumber, at: Instant })),\n",
    ],
    [
      'export const outcomeEvents = {\n',
      "export const outcomeEvents = {\n  'message.pondered': event('messages', ['socket-handler', 'notifications'], z.object({ at: Instant })),\n",
    ],
  ],
  'common/src/contracts/lasting-queues.ts': [["users: ['user.registered',", "users: ['user.pondered', 'user.registered',"]],
  'auth/src/accounts.ts': [
    [
      "account.record('user.registered', { userName",
      "account.record('user.pondered', {});\n        account.record('user.registered', { tone: 'calm', userName",
    ],
  ],
  'messages/src/announce.ts': [
    [
      "      if (group === 'notifications') tellUnreached",
      "      if (pods === 'every' || pods.size > 0) {\n" +
        "        const to = { group, pods: pods === 'every' ? pods : [...new Set([...pods.values()].flat())] };\n" +
        "        await bus.publish('message.pondered', { at: new Date().toISOString() }, { to });\n" +
        '      }\n' +
        "      if (group === 'notifications') tellUnreached",
    ],
  ],
  // A field of an answer to devices, which tells who gave it, and of one to other services.
  'common/src/contracts/http/auth.ts': [
    ['mail: z.boolean() })', "mail: z.boolean(), tone: z.string().default('calm') })"],
    ['known: z.array(UserId), gone', "tone: z.string().default('calm'), known: z.array(UserId), gone"],
  ],
  // A frame that no device has heard of, on both sockets.
  'common/src/sockets/open-sockets.ts': [
    [
      '        heartbeat: settings.heartbeatSeconds * 2,\n      });',
      "        heartbeat: settings.heartbeatSeconds * 2,\n      });\n      device.tell({ type: 'weather', sky: 'blue' } as never);",
    ],
  ],
};

/** A column more in a table of each service that keeps something, and this release goes on writing rows without it. */
const columns = {
  auth: 'ALTER TABLE accounts',
  users: 'ALTER TABLE people',
  messages: 'ALTER TABLE messages ADD COLUMN tone text; ALTER TABLE conversations',
  notifications: 'ALTER TABLE presence',
};

/** Makes a folder with the release after this one, as far as services go. */
export function makeNextVersion(folder: string): string {
  for (const part of ['common', ...services]) {
    cpSync(join(here, part), join(folder, part), { recursive: true, filter: (path) => !path.endsWith('/tests') });
  }
  for (const [file, edits] of Object.entries(changes)) {
    const path = join(folder, file);
    writeFileSync(
      path,
      edits.reduce((text, [from, to]) => replaced(file, text, from, to), readFileSync(path, 'utf8')),
    );
  }
  for (const [service, table] of Object.entries(columns)) {
    const migration = join(folder, service, 'prisma', 'migrations', '99991231000000_tone');
    mkdirSync(migration);
    writeFileSync(join(migration, 'migration.sql'), `${table} ADD COLUMN tone text NOT NULL DEFAULT 'calm';\n`);
  }
  linkModules(folder);
  return folder;
}

function replaced(file: string, text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`${file} has no ${JSON.stringify(from)} any more: the next version changes something else`);
  return text.replaceAll(from, to);
}

/** Others' packages are this clone's; ours are the copies. */
function linkModules(folder: string) {
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, '@parley'), { recursive: true });
  for (const name of readdirSync(join(here, 'node_modules'))) {
    if (name !== '@parley') symlinkSync(join(here, 'node_modules', name), join(modules, name));
  }
  for (const part of ['common', ...services]) symlinkSync(join(folder, part), join(modules, '@parley', part));
}
