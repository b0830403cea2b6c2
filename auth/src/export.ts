import type { AccountEvent, AccountExport } from '@parley/common/contracts';
import { type Caller, instant } from '@parley/common/server';
import type { z } from 'zod';
import type { PrismaClient } from './database.ts';
import { type AccountSessions, accountOf } from './sessions.ts';

/** All that auth keeps of somebody, but for what only proves that it is them. */
export async function exportAccount(
  prisma: PrismaClient,
  sessions: AccountSessions,
  caller: Caller,
): Promise<z.infer<typeof AccountExport>> {
  const row = await accountOf(prisma, caller);
  const events = await prisma.outbox.findMany({ where: { key: row.id }, orderBy: { id: 'asc' }, select: { name: true, data: true } });
  return {
    account: {
      userId: row.id,
      userName: row.userName,
      email: row.email,
      registeredAt: instant(row.registeredAt.getTime()),
      passwordChangedAt: instant(row.passwordChangedAt.getTime()),
    },
    sessions: await sessions.list(caller),
    events: events as AccountEvent[],
  };
}
