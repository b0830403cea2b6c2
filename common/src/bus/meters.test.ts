import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { createMeters } from './meters.ts';

test('buses that share a registry count together', async () => {
  const registry = new Registry();
  for (const meters of [createMeters(registry), createMeters(registry)]) {
    meters.published('message.sent');
    meters.refused('bus-full');
    const hearing = meters.hearing('messages.shard.0');
    hearing.handled(3);
    hearing.waiting(7);
    hearing.dead();
  }
  const text = await registry.metrics();
  for (const line of [
    'parley_bus_published_total{name="message.sent"} 2',
    'parley_bus_refused_total{code="bus-full"} 2',
    'parley_bus_handled_total{queue="messages.shard.0"} 6',
    'parley_bus_dead_total{queue="messages.shard.0"} 2',
    'parley_bus_batch_facts_count{queue="messages.shard.0"} 2',
    'parley_bus_waiting_facts{queue="messages.shard.0"} 7',
  ]) {
    expect(text).toContain(line);
  }
});

test('a bus without a registry counts nothing', () => {
  expect(() => createMeters(undefined).hearing('users').handled(1)).not.toThrow();
});
