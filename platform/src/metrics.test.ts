import { Counter, Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { merged } from './metrics.ts';

test('what several services measure is one family, with whose it is', async () => {
  const pages = ['auth', 'users'].map((service) => {
    const registry = new Registry();
    registry.setDefaultLabels({ service });
    new Counter({ name: 'parley_things_total', help: 'Things.', registers: [registry] }).inc();
    return registry.metrics();
  });
  expect(merged(await Promise.all(pages))).toBe(
    '# HELP parley_things_total Things.\n# TYPE parley_things_total counter\n' +
      'parley_things_total{service="auth"} 1\nparley_things_total{service="users"} 1\n',
  );
});
