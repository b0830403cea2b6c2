import { history, pods } from './elsewhere.ts';
import { idle } from './idle.ts';
import { presence } from './presence.ts';
import type { Scenario } from './scenario.ts';
import { start } from './start.ts';
import { storm } from './storm.ts';
import { bare, latency, throughput } from './talking.ts';

/** In the order of what they are worth. */
export const scenarios: readonly Scenario[] = [
  throughput(100, 'throughput'),
  latency(1_000),
  latency(5_000),
  idle,
  storm,
  throughput(3_000, 'throughput-3000'),
  bare,
  history,
  presence,
  start,
  pods,
];
