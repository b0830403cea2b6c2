import type { World } from '@parley/common/server';
import { Counter, Histogram } from 'prom-client';

/** What can be seen of the chat from outside, beside its sockets. */
export function chatMeasures(metrics: World['metrics']) {
  const registers = [metrics];
  return {
    refused: new Counter({
      name: 'parley_commands_refused_total',
      help: 'Commands that this pod did not take.',
      labelNames: ['code'],
      registers,
    }),
    publishing: new Histogram({
      name: 'parley_command_publish_seconds',
      help: 'From a command to its safety in the bus.',
      buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2, 10],
      registers,
    }),
    relayed: new Counter({ name: 'parley_updates_relayed_total', help: 'Updates passed on to sockets.', registers }),
  };
}

export type Measures = ReturnType<typeof chatMeasures>;
