import type { Input } from './inputs.ts';

/** Something that must not happen, and the input that it was seen with. */
export interface Finding {
  readonly what: string;
  readonly input?: string;
}

/** What was sent and what came back. */
export interface Tally {
  readonly inputs: Record<string, number>;
  readonly answers: Record<string, number>;
  readonly findings: Finding[];
}

/** The same thing over and over is told so often and then counted alone. */
const TOLD = 200;

export const emptyTally = (): Tally => ({ inputs: {}, answers: {}, findings: [] });

export function count(counts: Record<string, number>, what: string, times = 1) {
  counts[what] = (counts[what] ?? 0) + times;
}

export function note(tally: Tally, what: string, input?: Input) {
  count(tally.answers, `finding: ${what}`);
  if (tally.findings.length < TOLD) tally.findings.push(input ? { what, input: describe(input) } : { what });
}

export function add(to: Tally, more: Tally) {
  for (const part of ['inputs', 'answers'] as const) for (const [what, times] of Object.entries(more[part])) count(to[part], what, times);
  to.findings.push(...more.findings);
}

const DESCRIBED = 1_500;

export function describe(input: Input): string {
  const shown = (bytes: string | Buffer) => JSON.stringify(String(bytes).slice(0, DESCRIBED));
  if (input.via === 'frame') return `${input.kind}, ${input.path}${input.binary ? ', binary' : ''}: ${shown(input.data)}`;
  if (input.via === 'bytes')
    return `${input.kind}, then ${input.leave}: ${input.pieces.map((piece) => shown(piece.toString('latin1'))).join(' + ')}`;
  const headers = JSON.stringify(input.headers).slice(0, 300);
  return `${input.kind}: ${input.method} ${input.path.slice(0, 500)} ${headers} ${input.body ? shown(input.body) : ''}`;
}
