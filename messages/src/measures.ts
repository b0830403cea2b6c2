import { Counter, Histogram, type Registry } from 'prom-client';

export interface Measures {
  /** A batch of so many commands goes to the database; call what is returned when it is stored. */
  begin(commands: number): () => void;
}

export function createMeasures(registry: Registry): Measures {
  const registers = [registry];
  const stored = new Counter({ name: 'parley_messages_commands_stored_total', help: 'Commands that the store has judged.', registers });
  const seconds = new Histogram({
    name: 'parley_messages_store_seconds',
    help: 'How long a batch took in the database.',
    buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1, 5],
    registers,
  });
  const sizes = new Histogram({
    name: 'parley_messages_batch_commands',
    help: 'Commands of one batch.',
    buckets: [1, 2, 5, 10, 25, 50, 100, 250, 500],
    registers,
  });
  return {
    begin(commands) {
      sizes.observe(commands);
      const done = seconds.startTimer();
      return () => {
        done();
        stored.inc(commands);
      };
    },
  };
}
