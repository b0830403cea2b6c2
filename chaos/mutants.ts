import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Kind } from './ledger.ts';
import type { Report } from './run.ts';

/** A way in which the platform, or the client, could be wrong; and what the checker has to see of it. */
interface Mutant {
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  readonly seen: readonly Kind[];
}

export const mutants: readonly Mutant[] = [
  {
    name: 'the tick comes before the commit',
    file: 'messages/src/store.ts',
    find: 'const { rows } = await database.query(statement(now, newConversations, parameters(gathering, ids)));',
    replace: `const client = await database.connect();
      await client.query('BEGIN');
      setTimeout(() => void client.query('COMMIT').then(() => client.release(), () => client.release(true)), 200);
      const { rows } = await client.query(statement(now, newConversations, parameters(gathering, ids)));`,
    seen: ['ticked, not stored'],
  },
  {
    name: 'a repeated message is not known again',
    file: 'client/library/src/outbox.ts',
    find: 'transmit?.([...before, ...all.map(({ command }) => command)]);',
    replace: `transmit?.(all.map(({ command, state }) =>
        state === 'sent' && command.type === 'send' ? { ...command, clientId: \`\${command.clientId.slice(0, -4)}\${Math.random().toString(16).slice(2, 6).padEnd(4, '0')}\` } : command));`,
    seen: ['doubled', 'not as stored', 'never answered', 'lost'],
  },
  {
    name: 'a gap is passed over',
    file: 'client/library/src/conversation.ts',
    find: "if (update.from > held.version) return { held, applied: 'gap' };",
    replace: '',
    seen: ['gap unnoticed', 'not as stored', 'receipt ahead of truth'],
  },
  {
    name: 'everybody on a pod is told',
    file: 'socket-handler/src/relay.ts',
    find: 'for (const device of sockets.of(userId)) {',
    replace: 'for (const device of [...sockets.of(userId), ...sockets]) {',
    seen: ['seen by a third'],
  },
  {
    name: 'the outbox forgets what it has sent',
    file: 'client/library/src/outbox.ts',
    find: "for (const entry of all) if (entry.state !== 'sent') put({ ...entry, state: 'sent' });",
    replace: 'for (const entry of all) entries.delete(entry.command.clientId);',
    seen: ['lost'],
  },
  {
    name: 'a device says that it has what it has not saved',
    file: 'client/library/src/client.ts',
    find: 'receipts.saved(saved.peerId, saved.lastPeerSeq);',
    replace: 'receipts.saved(saved.peerId, saved.lastPeerSeq + 3);',
    seen: ['receipt ahead of truth'],
  },
  {
    name: 'a notice counts one too many',
    file: 'messages/src/outcomes.ts',
    find: 'const list = { lastSeq: side.lastSeq, unread: capped(side.unread),',
    replace: 'const list = { lastSeq: side.lastSeq, unread: capped(side.unread + 1),',
    seen: ['unread wrong'],
  },
  {
    name: 'nobody ever departs',
    file: 'notifications/src/presence/keeper.ts',
    find: 'await this.#takeDepartures();',
    replace: '',
    seen: ['presence wrong'],
  },
];

/** What became of one. */
export interface Hunted {
  readonly name: string;
  readonly seen: readonly Kind[];
  readonly caught: boolean;
}

const root = resolve(import.meta.dirname, '..');
const LEFT_ALONE = new Set(['node_modules', '.git', '.data', '.cache', 'docs']);

/** A copy of the tree that is wrong in one place, with everything installed that the original has. */
async function makeMutant(mutant: Mutant, folder: string): Promise<void> {
  const { file } = mutant;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const entry of await readdir(root)) if (!LEFT_ALONE.has(entry)) await copy(entry, folder);
  // The workspaces are links: they have to lead into the copy.
  await mkdir(join(folder, 'node_modules'));
  for (const entry of await readdir(join(root, 'node_modules')))
    if (entry === '@parley')
      await cp(join(root, 'node_modules', entry), join(folder, 'node_modules', entry), { recursive: true, verbatimSymlinks: true });
    else await symlink(join(root, 'node_modules', entry), join(folder, 'node_modules', entry));
  await writeFile(join(folder, file), await mutated(mutant));
}

/** The file with the fault in it. */
export async function mutated({ name, file, find, replace }: Mutant): Promise<string> {
  const source = await readFile(join(root, file), 'utf8');
  if (source.split(find).length !== 2) throw new Error(`"${name}" does not fit ${file} any more`);
  return source.replace(find, () => replace);
}

const copy = (entry: string, folder: string) => cp(join(root, entry), join(folder, entry), { recursive: true, verbatimSymlinks: true });

/** Runs the checker of each copy against that copy. */
export async function hunt(data: string, options: readonly string[], tell: (what: string) => void, only = ''): Promise<Hunted[]> {
  const hunted: Hunted[] = [];
  for (const mutant of mutants.filter(({ name }) => name.includes(only))) {
    const folder = join(data, 'mutant');
    const results = join(data, 'of-mutant');
    await rm(results, { recursive: true, force: true });
    await makeMutant(mutant, folder);
    await ended(
      spawn(process.execPath, [join(folder, 'chaos/main.ts'), '--short', '--data', results, ...options], { cwd: folder, stdio: 'ignore' }),
    );
    const report = await readFile(join(results, 'results.jsonl'), 'utf8').then((text) => JSON.parse(text) as Report);
    const seen = [...new Set(report.violations.map(({ kind }) => kind))];
    const caught = seen.some((kind) => mutant.seen.includes(kind));
    tell(`${caught ? 'caught' : 'MISSED'}  ${mutant.name}: ${seen.join(', ') || 'nothing seen'}`);
    hunted.push({ name: mutant.name, seen, caught });
  }
  return hunted;
}

const ended = (child: ChildProcess) => once(child, 'exit');
