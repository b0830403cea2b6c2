import { ChatUp } from '@parley/common/contracts';
import type { Membership } from '@parley/common/registry';
import { createHttp, type StartService } from '@parley/common/server';
import { openSockets } from '@parley/common/sockets';
import { createBlocks } from './blocks.ts';
import { beginChat, type ChatSockets, type ChatState, GROUP } from './chat.ts';
import { createCommands } from './commands.ts';
import type { Config } from './config.ts';
import { consumers, heard } from './consumers.ts';
import { chatMeasures } from './measures.ts';
import { createRelay } from './relay.ts';
import { createRooms } from './rooms.ts';
import { speak } from './speech.ts';

/** The rooms: takes what devices want to the bus, and what is true from the bus to the devices. Keeps nothing. */
export const startSocketHandler: StartService<Config> = async (config, world) => {
  const { bus, registry, pod, log } = world;
  await using stack = new AsyncDisposableStack();
  const measures = chatMeasures(world.metrics);
  const blocks = createBlocks(world);
  const rooms = createRooms({ ...world, blocks });
  const commands = createCommands({ bus, shards: config.shards, log, measures });

  const sockets: ChatSockets = stack.use(
    await openSockets<ChatUp, ChatState>(world, {
      service: 'socket-handler',
      path: '/ws/chat',
      allowedOrigins: config.allowedOrigins,
      trustedProxies: config.trustedProxies,
      settings: config.sockets,
      guests: false,
      language: ChatUp,
      begin: beginChat,
      opened: (device) => membership.add(device.userId),
      ...speak({ rooms, commands }),
      closed(device) {
        rooms.closed(device);
        membership.remove(device.userId).catch((error: unknown) => log.debug({ error }, 'a device was not taken off the registry'));
      },
    }),
  );
  const membership: Membership = stack.use(await registry.join(GROUP, pod, sockets.resync));
  const relay = createRelay(sockets, measures);
  stack.use(
    await bus.hear({
      kind: 'pod',
      queue: GROUP,
      pod,
      names: [...heard],
      handle: consumers({ sockets, relay, rooms, blocks }),
      onGap() {
        blocks.forget();
        sockets.resync();
      },
    }),
  );
  // While devices move, they are still served.
  stack.defer(sockets.drain);

  const { finish } = createHttp({
    log,
    metrics: world.metrics,
    allowedOrigins: config.allowedOrigins,
    trustedProxies: config.trustedProxies,
    authenticate: sockets.sessions.authenticate,
  });
  const open = stack.move();
  return {
    http: finish(),
    upgrade: sockets.upgrade,
    ready: () => sockets.open && bus.state !== 'away',
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
};
