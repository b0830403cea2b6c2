import { parseArgs } from 'node:util';
import { openDatabase } from '@parley/common/database';
import { createLog, EnvironmentError, systemClock } from '@parley/common/server';
import type { Pool } from 'pg';
import type { OperatorConfig } from './config.ts';
import { listReports, type Report, settleReports } from './reports.ts';

const usage = `What people reported. Usage: npm run reports -- <command>

  list [--all]      what nobody has settled yet, the oldest first; --all: also what was settled
  settle <id> …     dealt with

People are told by their ids, which npm run operator takes too. DATABASE_URL says where the database of messages is.`;

/** What somebody at a terminal did wrong, in words for them. */
class Mistake extends Error {
  override readonly name = 'Mistake';
}

interface Given {
  readonly all: boolean;
  readonly ids: readonly string[];
}

const commands: Readonly<Record<string, (database: Pool, given: Given) => Promise<string>>> = {
  async list(database, { all }) {
    const reports = await listReports(database, { settled: all });
    return reports.length === 0 ? 'Nothing was reported.' : reports.map(asText).join('\n\n');
  },
  async settle(database, { ids }) {
    if (ids.length === 0) throw new Mistake('Which reports? Give their ids.');
    const unlike = ids.find((id) => !/^[0-9a-f-]{36}$/i.test(id));
    if (unlike !== undefined) throw new Mistake(`${shown(unlike)} is no id of a report.`);
    const settled = await settleReports(database, ids, systemClock);
    if (settled.length < new Set(ids).size) throw new Mistake(`Settled ${settled.length}; there is no report of the other ids.`);
    return `Settled ${settled.length}.`;
  },
};

/** Answers the exit code. */
export async function run(argv: readonly string[], readConfig: () => OperatorConfig, say: (line: string) => void): Promise<number> {
  try {
    const { values, positionals } = parse(argv);
    const [name = '', ...ids] = positionals;
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (values.help || name === '') {
      say(usage);
      return values.help ? 0 : 2;
    }
    if (!command) throw new Mistake(`There is no command ${shown(name)}.\n\n${usage}`);
    say(await atDesk(readConfig(), (database) => command(database, { all: values.all, ids })));
    return 0;
  } catch (error) {
    if (!(error instanceof Mistake || error instanceof EnvironmentError)) throw error;
    say(error.message);
    return 2;
  }
}

function parse(argv: readonly string[]) {
  const options = { all: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } } as const;
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (cause) {
    throw new Mistake(`${(cause as Error).message}\n\n${usage}`, { cause });
  }
}

async function atDesk<T>({ databaseUrl }: OperatorConfig, work: (database: Pool) => Promise<T>): Promise<T> {
  const database = openDatabase({ url: databaseUrl, name: 'parley-reports', log: createLog('reports', 'warn'), pool: 1 });
  try {
    await answers(database);
    return await work(database);
  } finally {
    await database.end();
  }
}

async function answers(database: Pool) {
  try {
    await database.query('SELECT 1');
  } catch (cause) {
    const why = (cause as Error).message;
    throw new Mistake(`The database of messages does not let anybody in (${why}). Does it run, and does DATABASE_URL say where?`, {
      cause,
    });
  }
}

const asText = ({ id, reportedAt, settledAt, senderId, reporterId, conversationId, seq, content, note }: Report) =>
  [
    `${id}  ${reportedAt.toISOString()}${settledAt ? `, settled ${settledAt.toISOString()}` : ''}`,
    `  written by   ${senderId}`,
    `  reported by  ${reporterId}`,
    `  where        message ${seq} of ${conversationId}`,
    `  text         ${content === null ? 'deleted before it was reported' : shown(content.text)}`,
    ...(note === '' ? [] : [`  note         ${shown(note)}`]),
  ].join('\n');

/** On one line, and without what a terminal would obey or turn around. */
const shown = (text: string) =>
  JSON.stringify(text).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`);
