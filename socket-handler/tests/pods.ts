import { authRoutes, type Input, type messageRoutes, type Output, type Route } from '@parley/common/contracts';
import type { Ask } from '@parley/common/server';
import { defaultSettings, type SocketSettings } from '@parley/common/sockets';
import { TEST_ORIGIN, type TestPlatform, type TestWorldOptions, testKeys } from '@parley/common/testing';
import type { Config } from '../src/config.ts';
import { startSocketHandler } from '../src/service.ts';

export const SHARDS = 2;

export const config = (sockets: Partial<SocketSettings> = {}): Config => ({
  allowedOrigins: [TEST_ORIGIN],
  trustedProxies: [],
  shards: SHARDS,
  sockets: { ...defaultSettings, drainSeconds: 0, ...sockets },
});

/** Auth and messages, as far as a pod asks them. */
export const asked = (blocked: ReadonlySet<string> = new Set()) =>
  (async (route: Route, input: unknown): Promise<unknown> => {
    if (route === authRoutes.keys) return { keys: testKeys };
    if (route === authRoutes.checkSessions) return { ended: [] };
    const { conversationIds } = input as Input<typeof messageRoutes.blockedConversations>;
    return { blocked: conversationIds.filter((id) => blocked.has(id)) } satisfies Output<typeof messageRoutes.blockedConversations>;
  }) as Ask;

export const startPod = (platform: TestPlatform, sockets?: Partial<SocketSettings>, options: TestWorldOptions = {}) =>
  platform.start('socket-handler', startSocketHandler, config(sockets), { ask: asked(), ...options });
