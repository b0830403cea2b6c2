import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Outcome } from './load.ts';
import type { Figures } from './scenarios/scenario.ts';
import { bestOf } from './scenarios/talking.ts';

/** One measurement, as a line of a file. */
export interface Result {
  readonly at: string;
  /** Of Parley; what was measured earlier does not say. */
  readonly commit?: string;
  readonly run: number;
  readonly scenario: string;
  readonly system: string;
  readonly machine: Readonly<Record<string, string | number>>;
  readonly versions: Readonly<Record<string, string>>;
  readonly fsyncMs: number;
  readonly load: number;
  readonly figures: Figures;
}

export const readResults = (path: string): Result[] =>
  existsSync(path)
    ? readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Result)
    : [];

export function appendResult(path: string, result: Result) {
  mkdirSync(dirname(path), { recursive: true });
  appendFileSync(path, `${JSON.stringify(result)}\n`);
}

/** The share of the machine that others took, in per cent, past which a measurement is made again. */
const DISTURBED = 20;

/** Of a search for the highest rate, what others took while the most was shown; what starts all of its own can't tell. */
export function disturbance({ figures }: Result): number {
  const { others, tried } = figures as { others?: number; tried?: readonly Outcome[] };
  return tried ? (bestOf(tried)?.others ?? 100) : (others ?? 0);
}

export const isCalm = (result: Result) => disturbance(result) <= DISTURBED;
