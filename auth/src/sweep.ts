import type { Outbox } from '@parley/common/database';
import type { Clock, Logger } from '@parley/common/server';
import type { AccountEventName } from './account-changes.ts';
import type { PrismaClient } from './database.ts';
import { ABSOLUTE_MS, IDLE_MS } from './sessions.ts';

const EVERY_MS = 60 * 60_000;
const DAY_MS = 24 * 60 * 60_000;
/** Comings and goings are no part of who somebody is: a hearer that begins anew later than this does without. */
const SESSION_FACTS_MS = 90 * DAY_MS;
/** A used invitation still says for a while that it was used, instead of that there is no such. */
const SPENT_MS = 30 * DAY_MS;

export interface SweepOptions {
  readonly prisma: PrismaClient;
  readonly outbox: Pick<Outbox<AccountEventName>, 'forget'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Forgets what is over. Every pod does it now and then; to do it twice does nothing. */
export function startSweeping(options: SweepOptions): AsyncDisposable {
  const { clock, log } = options;
  const stop = new AbortController();
  const run = async () => {
    while (!stop.signal.aborted) {
      await sweep(options).catch((error: unknown) => log.warn({ error }, 'what is over could not be swept away'));
      await clock.sleep(EVERY_MS, stop.signal);
    }
  };
  const ended = run();
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await ended;
    },
  };
}

/** Nobody has to be told of these sessions: their tokens ran out long ago, and pods ask for their sockets. */
async function sweep({ prisma, outbox, clock }: SweepOptions): Promise<void> {
  const before = (ms: number) => new Date(clock.now() - ms);
  await prisma.session.deleteMany({
    where: { OR: [{ lastUsedAt: { lte: before(IDLE_MS) } }, { createdAt: { lte: before(ABSOLUTE_MS) } }] },
  });
  await prisma.passwordReset.deleteMany({ where: { expiresAt: { lte: before(0) } } });
  await prisma.invitation.deleteMany({ where: { expiresAt: { lte: before(SPENT_MS) } } });
  await outbox.forget(['user.logged-in', 'user.signed-out', 'session.ended'], before(SESSION_FACTS_MS));
}
