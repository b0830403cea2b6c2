import { limits, messageRoutes, ParleyError } from '@parley/common/contracts';
import { createRateLimit, type StartService, systemClock } from '@parley/common/server';
import { visitor } from '@parley/common/testing';
import { expect, test } from 'vitest';
import type { Config } from '../src/config.ts';
import { startMessages } from '../src/service.ts';
import { openScene, type Person } from './cast.ts';

interface Asking {
  readonly often: string;
  readonly times: number;
  readonly seconds: number;
  readonly ask: (me: Person, peer: Person, url: string) => Promise<unknown>;
}

const askings: Asking[] = [
  {
    often: 'searching',
    times: limits.messageSearchesPerMinute,
    seconds: 60,
    ask: (me) => me.ask(messageRoutes.search, { q: 'x', limit: 1 }),
  },
  {
    often: 'deciding',
    times: limits.decisionsPerMinute,
    seconds: 60,
    ask: (me, peer) => me.ask(messageRoutes.unblock, { peerId: peer.userId }),
  },
  {
    often: 'reporting',
    times: limits.reportsPerHour,
    seconds: 3_600,
    async ask(me, peer) {
      const { messages } = await me.ask(messageRoutes.history, { peerId: peer.userId, limit: 10 });
      const seq = messages.find(({ senderId }) => senderId === peer.userId)?.seq ?? 0;
      await me.ask(messageRoutes.report, { peerId: peer.userId, seq, note: '' });
    },
  },
  {
    often: 'reading',
    times: limits.messageReadsPerMinute,
    seconds: 60,
    ask: (me, peer) => me.ask(messageRoutes.history, { peerId: peer.userId, limit: 1 }),
  },
  {
    often: 'exporting',
    times: limits.messageExportsPerHour,
    seconds: 3_600,
    async ask({ cookie }, _peer, url) {
      const response = await visitor(url, { cookie }).fetch('/api/messages/export');
      if (!response.ok) throw new ParleyError((await response.json()).code);
    },
  },
];

test.each(askings)('one person may do so much of $often: $times times', async ({ often, times, seconds, ask }) => {
  // At one moment, so that no window ends meanwhile.
  const clock = {
    ...systemClock,
    now: (
      (now) => () =>
        now
    )(Date.now()),
  };
  const start: StartService<Config> = (config, world) => startMessages(config, { ...world, clock });
  await using scene = await openScene({}, start);
  const [alice, bob] = [await scene.arrive(), await scene.arrive()];
  await bob.send(alice, 'Hello.');
  await alice.send(bob, 'Hello.');
  await ask(alice, bob, scene.url);
  // As if by other pods: all but the last of them.
  const elsewhere = createRateLimit({ cache: scene.pod.world.cache, clock, name: `messages.${often}`, limit: times, seconds });
  await Promise.all(Array.from({ length: times - 2 }, () => elsewhere.take(alice.userId)));
  await ask(alice, bob, scene.url);
  await expect(ask(alice, bob, scene.url)).rejects.toMatchObject({ code: 'rate-limited' });
  await ask(bob, alice, scene.url);
});
