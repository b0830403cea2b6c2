import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Service, services } from '@parley/common/contracts';
import { describe, expect, test } from 'vitest';
import { found, type Labels, ofKind, overlays, root } from './rendering.ts';

interface Selector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly { readonly key: string; readonly operator: string; readonly values: readonly string[] }[];
}
interface Peer {
  readonly podSelector?: Selector;
}
interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly { readonly port: number }[];
}

const NAME = 'app.kubernetes.io/name';
const labelsOf = (name: string): Labels => ({
  [NAME]: name,
  'app.kubernetes.io/component': (services as readonly string[]).includes(name) ? 'service' : name === 'client' ? 'page' : 'store',
});
const selects = ({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Labels) =>
  Object.entries(matchLabels).every(([label, value]) => labels[label] === value) &&
  matchExpressions.every(({ key, values }) => values.includes(labels[key] ?? ''));

/** Whether one may open a connection to the other: it has to be let out, and in. */
function mayReach(overlay: (typeof overlays)[number], from: string, to: string, port: number) {
  const allows = (own: string, rules: 'ingress' | 'egress', peers: 'from' | 'to', other: string) =>
    ofKind(overlay, 'NetworkPolicy')
      .filter(({ spec }) => selects(spec.podSelector, labelsOf(own)))
      .flatMap(({ spec }) => (spec[rules] ?? []) as Rule[])
      .some(
        (rule) =>
          (rule.ports ?? []).some((allowed) => allowed.port === port) &&
          (rule[peers] ?? []).some(({ podSelector }) => podSelector !== undefined && selects(podSelector, labelsOf(other))),
      );
  return allows(from, 'egress', 'to', to) && allows(to, 'ingress', 'from', from);
}

/** What the entry of a service says of its needs. */
const needsOf = (service: Service) => {
  const main = readFileSync(join(root, service, 'src', 'main.ts'), 'utf8');
  const [, asks] = /asks: \[([^\]]*)\]/.exec(main) ?? [];
  const asked =
    asks === undefined ? (service === 'auth' ? [] : ['auth']) : Array.from(asks.matchAll(/'([\w-]+)'/g), ([, name]) => name as string);
  return { asks: asked, database: !main.includes('database: false') };
};

describe.skipIf(Object.keys(found).length === 0).each(overlays)('%s', (overlay) => {
  test('begins with nobody speaking to anybody', () => {
    expect(ofKind(overlay, 'NetworkPolicy').map(({ spec }) => spec)).toContainEqual({
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
    });
  });

  test.each(services)('%s reaches whom it needs, and nobody else', (service) => {
    const { asks, database } = needsOf(service);
    const reached = [...services, 'client'].filter(
      (other) => other !== service && mayReach(overlay, service, other, other === 'client' ? 8080 : 3000),
    );
    expect(reached.sort()).toEqual(asks.sort());
    expect(mayReach(overlay, service, 'postgres', 5432)).toBe(database);
    expect(mayReach(overlay, service, 'rabbitmq', 5672)).toBe(true);
    expect(mayReach(overlay, service, 'valkey', 6379)).toBe(true);
  });

  test('the page reaches nobody', () => {
    for (const other of services) expect(mayReach(overlay, 'client', other, 3000)).toBe(false);
    for (const [store, port] of [
      ['postgres', 5432],
      ['rabbitmq', 5672],
      ['valkey', 6379],
    ] as const) {
      expect(mayReach(overlay, 'client', store, port)).toBe(false);
    }
  });
});
