import { resolve } from 'node:path';
import { inspect, parseArgs } from 'node:util';

export interface Given {
  readonly folder: string | undefined;
  readonly data: string | undefined;
}

/** A command of one folder, which says in words what a person can put right. */
export async function command(name: string, usage: string, act: (given: Given) => Promise<string>): Promise<void> {
  const say = (line: string) => process.stderr.write(`${line}\n`);
  try {
    const { values, positionals } = parseArgs({ options: { data: { type: 'string' } }, allowPositionals: true });
    if (positionals.length > 1) throw Object.assign(new Error(`one folder is enough.\n${usage}`), { name: 'Unusable' });
    const data = values.data === undefined ? undefined : resolve(values.data);
    process.stdout.write(`${await act({ folder: positionals[0], data })}\n`);
  } catch (error) {
    process.exitCode = 1;
    const { name: kind, code } = error as Error & { code?: string };
    if (kind === 'Unusable') say(`${name}: ${(error as Error).message}`);
    else if (code?.startsWith('ERR_PARSE_ARGS')) say(`${name}: ${(error as Error).message}\n${usage}`);
    else say(inspect(error));
  }
}
