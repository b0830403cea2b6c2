import {
  Counter,
  type CounterConfiguration,
  Gauge,
  type GaugeConfiguration,
  Histogram,
  type HistogramConfiguration,
  type Registry,
} from 'prom-client';

/** Several services may share one registry (the embedded platform): each takes the meter that is there. */
export const counter = <T extends string>(registry: Registry, options: CounterConfiguration<T>): Counter<T> =>
  (registry.getSingleMetric(options.name) as Counter<T> | undefined) ?? new Counter({ ...options, registers: [registry] });

export const gauge = <T extends string>(registry: Registry, options: GaugeConfiguration<T>): Gauge<T> =>
  (registry.getSingleMetric(options.name) as Gauge<T> | undefined) ?? new Gauge({ ...options, registers: [registry] });

export const histogram = <T extends string>(registry: Registry, options: HistogramConfiguration<T>): Histogram<T> =>
  (registry.getSingleMetric(options.name) as Histogram<T> | undefined) ?? new Histogram({ ...options, registers: [registry] });

/** How long requests take, by route and class of status: never by anything that a client can invent. */
export const requestSeconds = (registry: Registry) =>
  histogram(registry, {
    name: 'parley_http_request_seconds',
    help: 'Duration of HTTP requests, by service, method, route and class of status',
    labelNames: ['service', 'method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  });
