import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** How one queue is doing. */
export interface HearingMeters {
  handled(facts: number): void;
  dead(): void;
  waiting(facts: number): void;
}

export interface BusMeters {
  published(name: string): void;
  refused(code: string): void;
  hearing(queue: string): HearingMeters;
}

const quiet: BusMeters = { published() {}, refused() {}, hearing: () => ({ handled() {}, dead() {}, waiting() {} }) };

/** Several buses may share a registry (tests, the embedded platform): each takes what is there. */
const registered = <M>(registry: Registry, name: string, make: () => M): M => (registry.getSingleMetric(name) as M | undefined) ?? make();

export function createMeters(registry: Registry | undefined): BusMeters {
  if (!registry) return quiet;
  const registers = [registry];
  const counter = (name: string, help: string, label: string) =>
    registered(registry, name, () => new Counter({ name, help, labelNames: [label], registers }));
  const published = counter('parley_bus_published_total', 'Facts that were given to the bus, by name', 'name');
  const refused = counter('parley_bus_refused_total', 'Facts that the bus refused, by error code', 'code');
  const handled = counter('parley_bus_handled_total', 'Facts that were handled, by queue', 'queue');
  const dead = counter('parley_bus_dead_total', 'Facts that went to the dead letters, by queue', 'queue');
  const batches = registered(registry, 'parley_bus_batch_facts', () => {
    const buckets = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000];
    return new Histogram({
      name: 'parley_bus_batch_facts',
      help: 'Facts per handled batch, by queue',
      labelNames: ['queue'],
      buckets,
      registers,
    });
  });
  const waiting = registered(registry, 'parley_bus_waiting_facts', () => {
    return new Gauge({
      name: 'parley_bus_waiting_facts',
      help: 'Facts held here that wait for their handler, by queue',
      labelNames: ['queue'],
      registers,
    });
  });
  const bound = new Map<string, { inc(): void }>();
  return {
    published(name) {
      const one = bound.get(name) ?? published.labels(name);
      bound.set(name, one);
      one.inc();
    },
    refused: (code) => refused.labels(code).inc(),
    hearing(queue) {
      const [ofHandled, ofDead, ofBatches, ofWaiting] = [
        handled.labels(queue),
        dead.labels(queue),
        batches.labels(queue),
        waiting.labels(queue),
      ];
      return {
        handled(facts) {
          ofHandled.inc(facts);
          ofBatches.observe(facts);
        },
        dead: () => ofDead.inc(),
        waiting: (facts) => ofWaiting.set(facts),
      };
    },
  };
}
