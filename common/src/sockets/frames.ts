import type { z } from 'zod';
import { ClientId, isFlat, limits } from '../contracts/index.ts';

/** A union of frames, told apart by their `type`. */
export type Language<Up extends { type: string }> = z.ZodDiscriminatedUnion<readonly z.ZodObject[]> & z.ZodType<Up>;

/** One frame of a message, read. `wrong` carries the client's id for the command, so that it can be answered. */
export type Read<Up> =
  | { readonly kind: 'frame'; readonly frame: Up }
  | { readonly kind: 'unknown'; readonly clientId: string | undefined }
  | { readonly kind: 'wrong'; readonly clientId: string | undefined };

/** The frames of one WebSocket message, not looked at yet; undefined when it is no message of our language. */
export function framesOf(data: Buffer): readonly { readonly type: string }[] | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(data.toString());
  } catch {
    return undefined;
  }
  const frames: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  if (frames.length > limits.framesPerMessage || !isFlat(frames) || !frames.every(isFrame)) return undefined;
  return frames;
}

function isFrame(value: unknown): value is { readonly type: string } {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

/** Reads frames of a language: newer clients may say more than this pod knows, which must not cost them their socket. */
export function frameReader<Up extends { type: string }>(language: Language<Up>) {
  const known = new Set(language.options.map((option) => (option.shape['type'] as z.ZodLiteral<string>).value));
  return (frame: { readonly type: string }): Read<Up> => {
    const parsed = language.safeParse(frame);
    if (parsed.success) return { kind: 'frame', frame: parsed.data };
    return { kind: known.has(frame.type) ? 'wrong' : 'unknown', clientId: clientIdOf(frame) };
  };
}

function clientIdOf(frame: object): string | undefined {
  const parsed = ClientId.safeParse((frame as { clientId?: unknown }).clientId);
  return parsed.success ? parsed.data : undefined;
}
