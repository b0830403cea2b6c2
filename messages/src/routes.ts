import { messageRoutes, ParleyError, type Route } from '@parley/common/contracts';
import type { Answer, Caller, Clock, Http, RateLimit } from '@parley/common/server';
import type { Pool } from 'pg';
import { listBlocked } from './blocks.ts';
import { changesOf } from './changes.ts';
import type { Applying } from './consumers.ts';
import { listOf, listPeers, listUnread, listVersions, readConversation } from './conversations.ts';
import type { Prisma } from './database.ts';
import { exportAll } from './export.ts';
import { readPage } from './pages.ts';
import { listBlocks, readPrivacy, writePrivacy } from './privacy.ts';
import { markRead } from './reads.ts';
import { report } from './reports.ts';
import { find } from './search/find.ts';
import { type Deciding, decide } from './settings.ts';

export interface Answering {
  /** Pages and lists have connections of their own, so that storing never makes them wait, nor they the storing. */
  readonly reads: Pool;
  readonly prisma: Prisma;
  readonly deciding: Deciding;
  readonly applying: Applying;
  readonly clock: Clock;
  /** How often one person may. */
  readonly limit: Readonly<Record<'reading' | 'searching' | 'deciding' | 'reporting' | 'exporting', RateLimit>>;
}

type OfOnePerson = Route & { readonly access: 'session' };

export function answerMessages({ answer }: Pick<Http, 'answer'>, { reads, prisma, deciding, applying, clock, limit }: Answering) {
  const within = <R extends OfOnePerson>(counted: RateLimit, route: R, handler: Answer<R>) =>
    answer(route, async (input, asked) => {
      await counted.take((asked.caller as Caller).userId);
      return handler(input, asked);
    });

  const listConversations = listOf(reads);
  const readChanges = changesOf(reads);
  within(limit.reading, messageRoutes.listConversations, (listing, { caller }) => listConversations(caller.userId, listing, clock.now()));
  within(limit.reading, messageRoutes.conversationVersions, ({ after }, { caller }) => listVersions(reads, caller.userId, after));
  within(limit.reading, messageRoutes.conversation, ({ peerId }, { caller }) =>
    readConversation(reads, caller.userId, other(caller, peerId), clock.now()),
  );
  within(limit.reading, messageRoutes.history, ({ peerId, ...asked }, { caller }) =>
    readPage(reads, caller.userId, other(caller, peerId), asked),
  );
  within(limit.reading, messageRoutes.changes, ({ peerId, epoch, since }, { caller }) =>
    readChanges(caller.userId, other(caller, peerId), epoch, since),
  );
  within(limit.searching, messageRoutes.search, (searching, { caller }) => find(reads, caller.userId, searching));
  within(limit.reporting, messageRoutes.report, ({ peerId, ...reported }, { caller }) =>
    report(reads, caller.userId, other(caller, peerId), reported, clock),
  );
  within(limit.exporting, messageRoutes.exportMessages, async (_, { caller, response }) =>
    exportAll(reads, caller.userId, response, clock),
  );

  within(limit.deciding, messageRoutes.changeSettings, ({ peerId, ...change }, { caller }) =>
    decide(caller.userId, other(caller, peerId), change, deciding),
  );
  within(
    limit.deciding,
    messageRoutes.block,
    async ({ peerId }, { caller }) => void (await decide(caller.userId, other(caller, peerId), { blocked: true }, deciding)),
  );
  within(limit.deciding, messageRoutes.unblock, async ({ peerId }, { caller }) => {
    const known = await listBlocks(prisma, caller.userId);
    if (known.includes(other(caller, peerId))) await decide(caller.userId, peerId, { blocked: false }, deciding);
  });
  within(limit.reading, messageRoutes.listBlocks, async (_, { caller }) => ({ userIds: await listBlocks(prisma, caller.userId) }));
  within(limit.reading, messageRoutes.privacy, (_, { caller }) => readPrivacy(prisma, caller.userId));
  within(limit.deciding, messageRoutes.changePrivacy, (change, { caller }) => writePrivacy(prisma, caller.userId, change));

  answer(messageRoutes.readConversations, (reading) => markRead(reads, reading, applying));
  answer(messageRoutes.unreadConversations, ({ userId, ...listing }) => listUnread(reads, userId, listing, clock.now()));
  answer(messageRoutes.blockedConversations, async ({ conversationIds }) => ({ blocked: await listBlocked(reads, conversationIds) }));
  answer(messageRoutes.conversationPeers, ({ userIds, after }) => listPeers(reads, userIds, after));
}

/** A conversation is computed from the caller and the other one, so nobody can ask for one that is not theirs. */
function other({ userId }: { readonly userId: string }, peerId: string): string {
  if (userId === peerId) throw new ParleyError('written-to-self');
  return peerId;
}
