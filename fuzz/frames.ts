import { ChatUp, NotificationUp } from '@parley/common/contracts';
import { z } from 'zod';
import type { Random } from '../chaos/random.ts';
import { Fields, type Tree, textOf } from './tree.ts';
import { createValues, type Shape } from './values.ts';
import { spoil, spoilBytes } from './wrong.ts';

export type SocketPath = '/ws/chat' | '/ws/notifications';

/** One WebSocket message. */
export interface FrameInput {
  readonly via: 'frame';
  readonly kind: string;
  readonly path: SocketPath;
  readonly data: string | Buffer;
  readonly binary: boolean;
}

const shapes: Readonly<Record<SocketPath, readonly Shape[]>> = {
  '/ws/chat': framesOf(ChatUp),
  '/ws/notifications': framesOf(NotificationUp),
};

function framesOf(language: z.ZodType): readonly Shape[] {
  return (z.toJSONSchema(language, { io: 'input', unrepresentable: 'any' }) as Shape).oneOf ?? [];
}

export function frameInput(random: Random, people: readonly string[]): FrameInput {
  const path = random.chance(0.75) ? '/ws/chat' : '/ws/notifications';
  const value = createValues(random, people);
  const frame = () => value(random.pick(shapes[path]));
  const input = (kind: string, data: string | Buffer, binary = false) =>
    ({ via: 'frame', kind: `frame: ${kind}`, path, data, binary }) as const;
  const choice = random.next();
  if (choice < 0.25) return input('as it should be', textOf(frame()));
  if (choice < 0.75) return input('one thing wrong', textOf(lasting(() => spoil(frame(), random), random)));
  if (choice < 0.87) return input('several things wrong', textOf(lasting(() => manyTimes(frame(), random), random)));
  if (choice < 0.98)
    return input(
      'a list',
      textOf(
        Array.from({ length: 1 + random.below(8) }, () => (random.chance(0.5) ? frame() : lasting(() => spoil(frame(), random), random))),
      ),
    );
  if (choice < 0.99) return input('text that is no JSON', spoilBytes(textOf(frame()), random));
  if (choice < 0.997) return input('bytes', spoilBytes(textOf(frame()), random), true);
  return input('too large or too many', random.pick([tooLarge, tooMany])(textOf(frame())));
}

/** What has no type ends its socket, and costs a new one: it comes seldom, so that the others come often. */
function lasting(make: () => Tree, random: Random): Tree {
  for (;;) {
    const tree = make();
    if (random.chance(0.1) || (tree instanceof Fields && tree.entries.some(([key, value]) => key === 'type' && typeof value === 'string')))
      return tree;
  }
}

const tooLarge = (text: string) => `${text}${' '.repeat(70_000)}`;
const tooMany = (text: string) => `[${Array(101).fill(text).join(',')}]`;

export function manyTimes(tree: Tree, random: Random): Tree {
  let spoiled = tree;
  for (let times = 2 + random.below(3); times > 0; times--) spoiled = spoil(spoiled, random);
  return spoiled;
}
