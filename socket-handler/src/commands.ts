import type { Bus } from '@parley/common/bus';
import { type ChatDown, type CommandName, type ErrorCode, type EventData, errors, ParleyError, shardOf } from '@parley/common/contracts';
import type { Logger } from '@parley/common/server';
import { type ChatDevice, type Command, conversationWith } from './chat.ts';
import type { Measures } from './measures.ts';

const eventOf = {
  send: 'message.sent',
  edit: 'message.edited',
  delete: 'message.deleted',
  react: 'message.reacted',
  delivered: 'message.delivered',
  read: 'message.read',
} as const satisfies Record<Command['type'], CommandName>;

const RETRY_SECONDS = 2;

export interface CommandsOptions {
  readonly bus: Bus;
  readonly shards: number;
  readonly log: Logger;
  readonly measures: Measures;
}

/**
 * Makes facts of what devices want, in the order they want it; who wants it is said by the session alone. Of each socket
 * one group of commands is on its way to the bus at a time, and what comes meanwhile is the next group: so nothing can
 * arrive before an earlier one that was refused.
 */
export function createCommands({ bus, shards, log, measures }: CommandsOptions) {
  const refuse = (device: ChatDevice, clientId: string, code: ErrorCode, retryAfter?: number) => {
    measures.refused.inc({ code });
    device.tell<ChatDown>({ type: 'refused', clientId, code, ...(retryAfter !== undefined && { retryAfter }) });
  };

  const isBehind = ({ state }: ChatDevice, clientId: string) => state.behind !== undefined && state.behind !== clientId;

  const publish = (device: ChatDevice, command: Command) => {
    const { clientId, to } = command;
    const conversationId = conversationWith(device, to);
    const fact = factOf(command, { clientId, conversationId, senderId: device.userId, peerId: to, deviceId: device.id });
    return bus.publish(eventOf[command.type], fact, { to: { shard: shardOf(conversationId, shards) } });
  };

  const publishWaiting = async (device: ChatDevice) => {
    const { state } = device;
    state.publishing = true;
    // The frames of one message become one group.
    await undefined;
    // Also when the device is gone by now: it had given them.
    while (state.waiting.length > 0) {
      const group = state.waiting;
      state.waiting = [];
      const stop = measures.publishing.startTimer();
      const outcomes = await Promise.allSettled(group.map((command) => publish(device, command)));
      stop();
      const refusals = group.flatMap((command, at) => {
        const outcome = outcomes[at];
        return outcome?.status === 'rejected' ? [{ command, error: asRefusal(outcome.reason) }] : [];
      });
      for (const { command, error } of refusals.filter(isFinal)) refuse(device, command.clientId, error.code);
      refuseForNow(
        device,
        refusals.filter((refusal) => !isFinal(refusal)),
      );
    }
    state.publishing = false;
  };

  /** The first of them has to come again before any other command of this socket is taken. Where only marks were refused nothing has to. */
  const refuseForNow = (device: ChatDevice, refused: readonly Refused[]) => {
    const { state } = device;
    const first = refused.find(({ command }) => !isMark(command));
    const behind = first ? state.waiting.splice(0) : [];
    if (first) state.behind = first.command.clientId;
    for (const { command, error } of refused) {
      const { code, retryAfter = RETRY_SECONDS, cause } = error;
      if (code === 'internal') log.error({ err: cause }, 'a command could not be published');
      refuse(device, command.clientId, !first || command === first.command ? code : 'behind-refused', retryAfter);
    }
    for (const { clientId } of behind) refuse(device, clientId, 'behind-refused', first?.error.retryAfter ?? RETRY_SECONDS);
  };

  return {
    give(device: ChatDevice, command: Command) {
      const { state, userId } = device;
      if (isBehind(device, command.clientId)) return refuse(device, command.clientId, 'behind-refused', RETRY_SECONDS);
      state.behind = undefined;
      if (command.to === userId) return refuse(device, command.clientId, 'written-to-self');
      state.waiting.push(command);
      if (!state.publishing) void publishWaiting(device);
    },
    /** It came too fast: refused to be tried again, and so is what follows it. */
    limit(device: ChatDevice, command: Command, retryAfter: number) {
      const { clientId } = command;
      if (isBehind(device, clientId)) return refuse(device, clientId, 'behind-refused', retryAfter);
      if (!isMark(command)) device.state.behind = clientId;
      refuse(device, clientId, 'rate-limited', retryAfter);
    },
  };
}

export type Commands = ReturnType<typeof createCommands>;

/** Says no more than how far: a device need not repeat it, for the next one says more, so nothing waits for it. */
const isMark = ({ type }: Command) => type === 'delivered' || type === 'read';

type Given = Pick<EventData<CommandName>, 'clientId' | 'conversationId' | 'senderId' | 'peerId' | 'deviceId'>;

function factOf(command: Command, given: Given): EventData<CommandName> {
  switch (command.type) {
    case 'send':
      return { ...given, content: command.content, replyTo: command.replyTo ?? null };
    case 'edit':
      return { ...given, seq: command.seq, saw: command.saw, content: command.content };
    case 'delete':
      return { ...given, seq: command.seq, scope: command.scope };
    case 'react':
      return { ...given, seq: command.seq, emoji: command.emoji, set: command.set };
    case 'delivered':
    case 'read':
      return { ...given, seq: command.seq };
    default:
      return command satisfies never;
  }
}

interface Refused {
  readonly command: Command;
  readonly error: ParleyError;
}

/** It does not come again, so nothing is to wait for it. */
const isFinal = ({ error }: Refused) => !errors[error.code].retryable;

const asRefusal = (error: unknown) => (error instanceof ParleyError ? error : new ParleyError('internal', { cause: error }));
