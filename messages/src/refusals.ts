import { Away } from '@parley/common/bus';
import { type ErrorCode, errors, type Fact } from '@parley/common/contracts';
import type { Command } from './commands.ts';

/**
 * Always for good: what the same device wrote next is stored already, and what it tried again would come behind it [D3].
 * With any other code (of a newer version, or by a fault of our own) the batch waits.
 */
export function refusal({ clientId, conversationId, senderId }: Command['data'], code: string): Fact<'message.refused'> {
  if (!isFinal(code)) throw new Away(`the store refused with ${code}`);
  return { name: 'message.refused', data: { clientId, conversationId, senderId, code } };
}

const isFinal = (code: string): code is ErrorCode => Object.hasOwn(errors, code) && !errors[code as ErrorCode].retryable;
