import { parseArgs } from 'node:util';
import { UserId } from '@parley/common/contracts';
import { createOutboxWriter, openDatabase } from '@parley/common/database';
import { createLog, EnvironmentError, systemClock } from '@parley/common/server';
import type { Pool } from 'pg';
import { type AccountChanges, type AccountEventName, createAccountChanges } from './account-changes.ts';
import { disableAccount, enableAccount } from './account-endings.ts';
import { find } from './accounts.ts';
import type { OperatorConfig } from './config.ts';
import { createPrisma, type PrismaClient } from './database.ts';
import { createInvitations } from './invitations.ts';
import { createLinks } from './links.ts';
import { createPasswordResets } from './password-resets.ts';
import { createSecrets } from './secrets.ts';
import { addKey, type Rotation } from './signing-keys.ts';

const DAY_MS = 24 * 60 * 60_000;
const INVITATION_DAYS = 7;
const RESET_DAYS = 1;
const DAYS_MAX = 365;

const usage = `What an operator does to accounts. Usage: npm run operator -- <command>

  invite [--days <n>]                    a link that lets one person sign up (${INVITATION_DAYS} days)
  reset-password <login> [--days <n>]    a link that lets its holder set a new password for this account (${RESET_DAYS} day)
  disable <login>                        signs this account out everywhere and lets it in no more
  enable <login>                         lets it in again
  rotate-keys [--at-once]                makes the next signing key; --at-once also forgets the others (one has leaked)
  rotate-keys --secret-lost              the same where nobody has the AUTH_SECRET any more that sealed them

<login> is a user name, an e-mail address or an account's id. DATABASE_URL says where auth's database is; PUBLIC_URL what links begin
with; rotate-keys needs AUTH_SECRET, the same as auth's.`;

/** What somebody at a terminal did wrong, in words for them. */
class Mistake extends Error {
  override readonly name = 'Mistake';
}

interface Desk {
  readonly config: OperatorConfig;
  readonly database: Pool;
  readonly prisma: PrismaClient;
  readonly changes: AccountChanges;
}

type Command = (desk: Desk, given: Given) => Promise<string>;
interface Given {
  readonly login: string | undefined;
  readonly days: number | undefined;
  readonly rotation: Rotation;
}

const commands: Readonly<Record<string, Command>> = {
  async invite({ config, prisma }, { days = INVITATION_DAYS }) {
    return createLinks(config.publicUrl).invitation(await createInvitations(prisma, systemClock).make(days * DAY_MS));
  },
  async 'reset-password'(desk, { login, days = RESET_DAYS }) {
    const links = createLinks(desk.config.publicUrl);
    const { id } = await accountOf(desk, login);
    const resets = createPasswordResets({
      prisma: desk.prisma,
      clock: systemClock,
      log: createLog('operator', 'warn'),
      mail: undefined,
      links,
    });
    return links.passwordReset(await resets.make(id, days * DAY_MS));
  },
  async disable(desk, { login }) {
    const { id, userName } = await accountOf(desk, login);
    await disableAccount(desk.changes, id);
    return `${userName} is disabled and signed out everywhere.`;
  },
  async enable(desk, { login }) {
    const { id, userName } = await accountOf(desk, login);
    await enableAccount(desk.changes, id);
    return `${userName} may sign in again.`;
  },
  async 'rotate-keys'({ config, database }, { rotation }) {
    if (config.secrets.length === 0) throw new Mistake('rotate-keys needs AUTH_SECRET, the same as auth has.');
    const key = await addKey(database, createSecrets(config.secrets), systemClock, rotation);
    return `Key ${key?.id} signs from ${new Date(key?.signsFrom ?? 0).toISOString()} on.`;
  },
};

/** What a command is told beside its name; whatever else is given was meant to do something that it would not. */
const takes: Readonly<Record<string, readonly string[]>> = {
  invite: ['days'],
  'reset-password': ['login', 'days'],
  disable: ['login'],
  enable: ['login'],
  'rotate-keys': ['at-once', 'secret-lost'],
};

/** Answers the exit code. */
export async function run(argv: readonly string[], readConfig: () => OperatorConfig, say: (line: string) => void): Promise<number> {
  try {
    const [command, given] = read(argv);
    if (!command) {
      say(usage);
      return given.help ? 0 : 2;
    }
    say(await atDesk(readConfig(), (desk) => command(desk, given)));
    return 0;
  } catch (error) {
    if (!(error instanceof Mistake || error instanceof EnvironmentError)) throw error;
    say(error.message);
    return 2;
  }
}

function read(argv: readonly string[]): [command: Command | undefined, given: Given & { readonly help: boolean }] {
  const { values, positionals } = parse(argv);
  const [name = '', login] = positionals;
  const days = values.days === undefined ? undefined : Number(values.days);
  if (days !== undefined && !(Number.isInteger(days) && days >= 1 && days <= DAYS_MAX)) {
    throw new Mistake(`--days is a whole number from 1 to ${DAYS_MAX}.`);
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (name !== '' && !command) throw new Mistake(`There is no command ${name}.\n\n${usage}`);
  if (command) refuseSurplus(name, values, positionals.slice(1));
  return [values.help ? undefined : command, { login, days, rotation: rotationOf(values), help: values.help }];
}

function refuseSurplus(name: string, values: Readonly<Record<string, unknown>>, words: readonly string[]) {
  const taken = takes[name] ?? [];
  const options = Object.keys(values).filter((option) => option !== 'help' && values[option] !== false && !taken.includes(option));
  const surplus = [...options.map((option) => `--${option}`), ...words.slice(taken.includes('login') ? 1 : 0)];
  if (surplus.length > 0) throw new Mistake(`${name} does not take ${surplus.join(' ')}.\n\n${usage}`);
}

const rotationOf = (values: { readonly 'at-once': boolean; readonly 'secret-lost': boolean }): Rotation => {
  if (values['secret-lost']) return 'anew';
  return values['at-once'] ? 'at-once' : 'next';
};

function parse(argv: readonly string[]) {
  const options = {
    days: { type: 'string' },
    'at-once': { type: 'boolean', default: false },
    'secret-lost': { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  } as const;
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (cause) {
    throw new Mistake(`${(cause as Error).message}\n\n${usage}`, { cause });
  }
}

async function atDesk<T>(config: OperatorConfig, work: (desk: Desk) => Promise<T>): Promise<T> {
  await using stack = new AsyncDisposableStack();
  const clock = systemClock;
  const database = openDatabase({ url: config.databaseUrl, name: 'parley-operator', log: createLog('operator', 'warn'), pool: 2 });
  stack.defer(() => database.end());
  await answers(database);
  const prisma = stack.adopt(createPrisma(database), (client) => client.$disconnect());
  // Its facts are relayed by the auth that runs, or by the one that starts next.
  const outbox = { ...createOutboxWriter<AccountEventName>({ clock }), wake: () => {} };
  return await work({ config, database, prisma, changes: createAccountChanges({ database, clock, outbox, onEnded: () => {} }) });
}

async function answers(database: Pool) {
  try {
    await database.query('SELECT 1');
  } catch (cause) {
    const why = (cause as Error).message;
    throw new Mistake(`The database of auth does not let anybody in (${why}). Does it run, and does DATABASE_URL say where?`, { cause });
  }
}

async function accountOf({ prisma }: Desk, login: string | undefined) {
  if (login === undefined) throw new Mistake('Which account? Give its user name, its e-mail address or its id.');
  const isId = UserId.safeParse(login).success;
  const account = isId ? await prisma.account.findUnique({ where: { id: login } }) : await find(prisma, login);
  if (!account) throw new Mistake(`There is no account ${login}.`);
  return account;
}
