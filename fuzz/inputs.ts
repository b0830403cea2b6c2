import { createRandom } from '../chaos/random.ts';
import { type BytesInput, bytesInput, type Door } from './bytes.ts';
import { type FrameInput, frameInput } from './frames.ts';
import { type RequestInput, requestInput } from './requests.ts';

export type Input = FrameInput | RequestInput | BytesInput;

/** The input of this number: for the same seed and people the same again, whatever came before it. */
export function inputAt(seed: number, number: number, people: readonly string[], door: Door): Input {
  const random = createRandom(Math.imul(seed, 0x85ebca6b) ^ Math.imul(number + 1, 0x9e3779b1));
  const choice = random.next();
  if (choice < 0.8) return frameInput(random, people);
  if (choice < 0.97) return requestInput(random, people);
  return bytesInput(random, people, door);
}
