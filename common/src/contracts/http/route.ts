import type { z } from 'zod';
import type { ErrorCode } from '../errors.ts';
import type { Service } from './../events.ts';

/** How much a caller has to show: nothing, a session, or to be another service behind the edge. */
export type Access = 'public' | 'session' | 'internal';

export interface Route {
  readonly service: Service;
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** With `:name` for parameters. */
  readonly path: string;
  readonly access: Access;
  readonly summary: string;
  /** Parameters of the path, of the query and of the body in one object; a name stands in one place only. */
  readonly input: z.ZodObject;
  /** Null: 204, nothing to say. */
  readonly output: z.ZodType | null;
  readonly status?: number;
  /** The body is not JSON but bytes of one of these media types, at most so many. */
  readonly upload?: { readonly mediaTypes: readonly string[]; readonly bytes: number };
  /** The answer is not JSON but bytes of one of these media types. */
  readonly download?: { readonly mediaTypes: readonly string[] };
  /** Beside those of `errorsOf`. */
  readonly errors: readonly ErrorCode[];
}

export type Input<R extends Route> = z.infer<R['input']>;
// biome-ignore lint/suspicious/noConfusingVoidType: a handler that has nothing to say returns nothing.
export type Output<R extends Route> = R['output'] extends z.ZodType ? z.infer<R['output']> : void;

/** Everything that a route may be refused with: its own errors, and those that come with how it is asked. */
export const errorsOf = (route: Route): ErrorCode[] => [
  ...new Set<ErrorCode>([
    'invalid-input',
    ...(route.method === 'get' ? [] : (['malformed-body', 'too-large', 'unsupported-media'] as const)),
    ...(route.method === 'get' || route.access === 'internal' ? [] : (['origin-refused'] as const)),
    ...(route.access === 'session' ? (['signed-out'] as const) : []),
    ...route.errors,
    'rate-limited',
    'internal',
    'unavailable',
  ]),
];
