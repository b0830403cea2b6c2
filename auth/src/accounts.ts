import { type authRoutes, type Input, type Me, ParleyError, uuidv7 } from '@parley/common/contracts';
import { type Clock, instant } from '@parley/common/server';
import type { AccountChanges, LockedAccount, OwnSession } from './account-changes.ts';
import type { Registration } from './config.ts';
import type { Account, PrismaClient } from './database.ts';
import type { Device } from './devices.ts';
import type { Invitations } from './invitations.ts';
import { loginKey, readEmail, readUserName } from './names.ts';
import type { PasswordHashes } from './password-hashes.ts';
import { preparePassword, readPassword } from './password-rules.ts';
import { isSamePassword } from './passwords.ts';
import type { Continued, Refreshing } from './refreshing.ts';
import { accountOf, beginSession } from './sessions.ts';

export interface AccountsOptions {
  readonly registration: Registration;
  readonly prisma: PrismaClient;
  readonly changes: AccountChanges;
  readonly refreshing: Refreshing;
  readonly invitations: Invitations;
  readonly hashes: PasswordHashes;
  readonly clock: Clock;
}

/** Somebody who has just come in: who they are, and how they go on. */
export interface Entered {
  readonly me: Me;
  readonly session: Continued;
}

export type Accounts = ReturnType<typeof createAccounts>;

export function createAccounts({ registration, prisma, changes, refreshing, invitations, hashes, clock }: AccountsOptions) {
  const mayRegister = async (invite: string | undefined) => {
    if (registration === 'closed') throw new ParleyError('registration-closed');
    if (registration === 'invite') await invitations.check(invite);
  };

  /** Costs a look instead of a hash; two who pass it at once meet at the unique index. */
  const mustBeFree = async ({ emailKey, userNameKey }: Account) => {
    const taken = await prisma.account.findFirst({ where: { OR: [{ emailKey }, { userNameKey }] }, select: { emailKey: true } });
    if (taken) throw new ParleyError(taken.emailKey === emailKey ? 'email-taken' : 'user-name-taken');
  };

  const enter = async (account: LockedAccount, device: Device): Promise<Entered> => {
    const session = refreshing.continued(account.row.id, await beginSession(account, device));
    return { me: meOf(account.row, session.sessionId), session };
  };

  return {
    async signUp(input: Input<typeof authRoutes.signUp>, device: Device): Promise<Entered> {
      await mayRegister(input.invite);
      const [row, password] = readApplication(input, clock.now());
      await mustBeFree(row);
      const passwordHash = await hashes.hash(password);
      return changes.create({ ...row, passwordHash }, async (account) => {
        if (registration === 'invite') await invitations.use(account.client, input.invite);
        account.record('user.registered', { userName: row.userName, displayName: row.displayName });
        return enter(account, device);
      });
    },

    async signIn(login: string, password: string, device: Device): Promise<Entered> {
      const row = await find(prisma, login);
      const given = preparePassword(password);
      const right = await hashes.verify(given, row?.passwordHash);
      if (!row || !right) throw new ParleyError('wrong-credentials');
      const outdated = hashes.isOutdated(row.passwordHash);
      const rehashed = outdated ? await hashes.hash(given) : row.passwordHash;
      return changes.change(row.id, async (account) => {
        // The password may have been changed while it was being compared.
        if (!isSamePassword(account.row, row)) throw new ParleyError('wrong-credentials');
        if (account.row.disabledAt) throw new ParleyError('account-disabled');
        if (outdated) await account.client.query('UPDATE accounts SET password_hash = $2 WHERE id = $1', [row.id, rehashed]);
        return enter(account, device);
      });
    },

    async me(own: OwnSession): Promise<Me> {
      return meOf(await accountOf(prisma, own), own.sessionId);
    },
  };
}

/** Whoever signs in by this address or user name. */
export async function find(prisma: PrismaClient, login: string): Promise<Account | null> {
  const key = loginKey(login);
  if (!key) return null;
  return prisma.account.findUnique({ where: 'email' in key ? { emailKey: key.email } : { userNameKey: key.userName } });
}

function readApplication(input: Input<typeof authRoutes.signUp>, now: number): [row: Account, password: string] {
  const email = readEmail(input.email);
  const userName = readUserName(input.userName);
  const password = readPassword(input.password, { email: email.shown, userName: userName.shown, displayName: input.displayName });
  const at = new Date(now);
  const row: Account = {
    id: uuidv7(now),
    email: email.shown,
    emailKey: email.key,
    userName: userName.shown,
    userNameKey: userName.key,
    displayName: input.displayName,
    passwordHash: '',
    passwordChangedAt: at,
    registeredAt: at,
    disabledAt: null,
    eventNumber: 0,
  };
  return [row, password];
}

const meOf = (row: Account, sessionId: string): Me => ({
  userId: row.id,
  userName: row.userName,
  email: row.email,
  registeredAt: instant(row.registeredAt.getTime()),
  sessionId,
});
