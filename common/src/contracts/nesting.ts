import { limits } from './limits.ts';

/**
 * Whether JSON from outside is as flat as all that the contracts describe. What comes after may look at any part of it with
 * means that go deep, as soon as it is turned into text, and a stack that overflows there ends the process.
 */
export function isFlat(value: unknown, levels: number = limits.nesting): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((part) => isFlat(part, levels - 1));
}
