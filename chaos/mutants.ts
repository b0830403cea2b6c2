import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Kind } from './ledger.ts';
import type { Report } from './run.ts';

/** A way in which the platform, or the client, could be wrong. */
interface Fault {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

export interface Mutant {
  readonly name: string;
  /** Absent in the control, a copy that is as the original is: what is seen of it is not the work of a fault. */
  readonly fault?: Fault;
  /** All of what the checker has to see of it; nothing else may be seen of the control. */
  readonly seen: readonly Kind[];
}

export const mutants: readonly Mutant[] = [
  { name: 'nothing is wrong', seen: [] },
  {
    name: 'the tick comes before the commit',
    fault: {
      file: 'messages/src/store.ts',
      find: 'const { rows } = await database.query(statement(now, newConversations, parameters(gathering, ids)));',
      replace: `const client = await database.connect();
      await client.query('BEGIN');
      setTimeout(() => void client.query('COMMIT').then(() => client.release(), () => client.release(true)), 200);
      const { rows } = await client.query(statement(now, newConversations, parameters(gathering, ids)));`,
    },
    seen: ['ticked, not stored'],
  },
  {
    name: 'a repeated message is not known again',
    fault: {
      file: 'client/library/src/outbox.ts',
      find: 'transmit?.([...before, ...all.map(({ command }) => command)]);',
      replace: `transmit?.(all.map(({ command, state }) =>
        state === 'sent' && command.type === 'send' ? { ...command, clientId: \`\${command.clientId.slice(0, -4)}\${Math.random().toString(16).slice(2, 6).padEnd(4, '0')}\` } : command));`,
    },
    // The store takes it for another message, so nothing is doubled: what stands there is one that nobody wrote.
    seen: ['not as stored'],
  },
  {
    name: 'a gap is passed over',
    fault: {
      file: 'client/library/src/conversation.ts',
      find: "if (update.from > held.version) return { held, applied: 'gap' };",
      replace: '',
    },
    seen: ['gap unnoticed'],
  },
  {
    name: 'everybody on a pod is told',
    fault: {
      file: 'socket-handler/src/relay.ts',
      find: 'for (const device of sockets.of(userId)) {',
      replace: 'for (const device of [...sockets.of(userId), ...sockets]) {',
    },
    seen: ['seen by a third'],
  },
  {
    name: 'the outbox forgets what it has sent',
    fault: {
      file: 'client/library/src/outbox.ts',
      find: "for (const entry of all) if (entry.state !== 'sent') put({ ...entry, state: 'sent' });",
      replace: 'for (const entry of all) entries.delete(entry.command.clientId);',
    },
    // What is not stored was shown to nobody, so its tick is missing too.
    seen: ['lost', 'never answered'],
  },
  {
    name: 'a device says that it has what it has not saved',
    fault: {
      file: 'client/library/src/client.ts',
      find: 'receipts.saved(saved.peerId, saved.lastPeerSeq);',
      replace: 'receipts.saved(saved.peerId, saved.lastPeerSeq + 3);',
    },
    seen: ['receipt ahead of truth'],
  },
  {
    name: 'a notice counts one too many',
    fault: {
      file: 'messages/src/outcomes.ts',
      find: 'const list = { lastSeq: side.lastSeq, unread: capped(side.unread),',
      replace: 'const list = { lastSeq: side.lastSeq, unread: capped(side.unread + 1),',
    },
    seen: ['unread wrong'],
  },
  {
    name: 'nobody ever departs',
    fault: {
      file: 'notifications/src/presence/keeper.ts',
      find: 'await this.#takeDepartures();',
      replace: '',
    },
    seen: ['presence wrong'],
  },
];

/** What became of one. */
export interface Hunted {
  readonly name: string;
  readonly seen: readonly Kind[];
  readonly caught: boolean;
  /** Its run left no results: nothing can be said of the checker. */
  readonly unfinished?: true;
}

const root = resolve(import.meta.dirname, '..');
const LEFT_ALONE = new Set(['node_modules', '.git', '.data', '.cache', 'docs']);

/** A copy of the tree that is wrong in one place at the most, with everything installed that the original has. */
async function makeMutant({ name, fault }: Mutant, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const entry of await readdir(root)) if (!LEFT_ALONE.has(entry)) await copy(entry, folder);
  // The workspaces are links: they have to lead into the copy.
  await mkdir(join(folder, 'node_modules'));
  for (const entry of await readdir(join(root, 'node_modules')))
    if (entry === '@parley')
      await cp(join(root, 'node_modules', entry), join(folder, 'node_modules', entry), { recursive: true, verbatimSymlinks: true });
    else await symlink(join(root, 'node_modules', entry), join(folder, 'node_modules', entry));
  if (fault) await writeFile(join(folder, fault.file), await mutated(name, fault));
}

/** The file with the fault in it. */
export async function mutated(name: string, { file, find, replace }: Fault): Promise<string> {
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
    const found = judge(mutant, await reportIn(results));
    tell(described(found));
    hunted.push(found);
  }
  return hunted;
}

/** What is cut short has not looked at everything. */
const reportIn = (folder: string) =>
  readFile(join(folder, 'results.jsonl'), 'utf8').then(
    (text) => {
      const report = JSON.parse(text) as Report;
      return report.cutShort ? undefined : report;
    },
    () => undefined,
  );

export function judge({ name, seen: wanted }: Mutant, report: Pick<Report, 'violations'> | undefined): Hunted {
  if (!report) return { name, seen: [], caught: false, unfinished: true };
  const seen = [...new Set(report.violations.map(({ kind }) => kind))];
  return { name, seen, caught: wanted.length === 0 ? seen.length === 0 : wanted.every((kind) => seen.includes(kind)) };
}

function described({ name, seen, caught, unfinished }: Hunted): string {
  if (unfinished) return `DID NOT FINISH  ${name}`;
  return `${caught ? 'as it must be' : 'MISSED'}  ${name}: ${seen.join(', ') || 'nothing seen'}`;
}

const ended = (child: ChildProcess) => once(child, 'exit');
