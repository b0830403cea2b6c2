import { services } from '@parley/common/contracts';
import { defaultSettings } from '@parley/common/sockets';
import { readConfig as readMessages } from '@parley/messages/config';
import { describe, expect, test } from 'vitest';
import { found, type Labels, type Overlay, ofKind, overlays, podsOf, render, renderAlso } from './rendering.ts';

const everyPod =
  Object.keys(found).length === 0 ? [] : overlays.flatMap((overlay) => podsOf(overlay).map((pod) => [overlay, pod.name, pod] as const));
const fits = (selector: Labels, labels: Labels) => Object.entries(selector).every(([name, value]) => labels[name] === value);

/** KiB of resident memory of one socket, measured at 10,000 connections; the first takes 6 to 12. */
const perSocket = { 'socket-handler': 12, notifications: 23 };
const withSockets = Object.keys(perSocket) as (keyof typeof perSocket)[];

const containerOf = (overlay: Overlay, service: string) =>
  podsOf(overlay).find(({ name }) => name === `Deployment/${service}`)?.spec.containers[0];

function socketsPerPod(overlay: Overlay, service: keyof typeof perSocket): number {
  const { env } = containerOf(overlay, service) as { env: readonly { name: string; value?: string }[] };
  return Number(env.find(({ name }) => name === 'SOCKETS_PER_POD')?.value ?? defaultSettings.socketsPerPod);
}

describe.each(everyPod)('%s: %s', (overlay, _name, { manifest, template, spec }) => {
  test('is held to the restricted Pod Security Standard', () => {
    expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(spec.automountServiceAccountToken).toBe(false);
    for (const { securityContext } of spec.containers) {
      expect(securityContext).toMatchObject({ allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } });
      // Only what is developed on is written to.
      if (overlay !== 'dev') expect(securityContext.readOnlyRootFilesystem).toBe(true);
    }
    expect([spec.hostNetwork, spec.hostPID, spec.hostIPC, spec.initContainers]).toEqual([undefined, undefined, undefined, undefined]);
  });

  test('every container says what it needs and what it may take at the most', () => {
    for (const { resources } of spec.containers) {
      expect(resources).toEqual({
        requests: { cpu: expect.anything(), memory: expect.anything() },
        limits: { cpu: expect.anything(), memory: expect.anything() },
      });
    }
  });

  test('has a service account of its own, and is selected by what makes it', () => {
    const account = ofKind(overlay, 'ServiceAccount').find(({ metadata }) => metadata.name === spec.serviceAccountName);
    expect(account?.automountServiceAccountToken).toBe(false);
    if (manifest.spec.selector) expect(fits(manifest.spec.selector.matchLabels, template.metadata.labels)).toBe(true);
  });
});

const lasting = everyPod.filter(([, name]) => !name.startsWith('CronJob/'));

test.each(lasting)('%s: %s is asked whether it has started, lives and is ready', (_overlay, _name, { spec }) => {
  for (const container of spec.containers) {
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) expect(container[probe], probe).toBeDefined();
  }
});

describe.skipIf(Object.keys(found).length === 0).each(overlays)('%s', (overlay) => {
  test('nothing has the name of another, and everything but the namespace is in it', () => {
    const names = render(overlay).map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    expect(names).toEqual([...new Set(names)]);
    expect(render(overlay).filter(({ kind, metadata }) => kind !== 'Namespace' && metadata.namespace !== 'parley')).toEqual([]);
    expect(ofKind(overlay, 'Namespace')[0]?.metadata.labels).toMatchObject({ 'pod-security.kubernetes.io/enforce': 'restricted' });
  });

  test('every Service leads to pods, at a port that they have', () => {
    for (const { metadata, spec } of ofKind(overlay, 'Service')) {
      const pods = podsOf(overlay).filter(({ template }) => fits(spec.selector, template.metadata.labels));
      expect(pods.length, metadata.name).toBe(1);
      const ports = pods[0]?.spec.containers.flatMap(({ ports = [] }: { ports?: { name: string }[] }) => ports.map(({ name }) => name));
      for (const { targetPort } of spec.ports) expect(ports, metadata.name).toContain(targetPort);
    }
  });

  test('a service that is told to stop has the time that it takes', () => {
    /** Of common/src/server/process.ts: past it a process ends by itself. */
    const processSeconds = 30;
    for (const { name, spec } of podsOf(overlay).filter(
      ({ template }) => template.metadata.labels['app.kubernetes.io/component'] === 'service',
    )) {
      const [service] = spec.containers;
      const waits = service.lifecycle.preStop.sleep.seconds;
      expect(waits, name).toBeGreaterThanOrEqual(service.readinessProbe.periodSeconds + 2);
      expect(spec.terminationGracePeriodSeconds, name).toBeGreaterThan(waits + processSeconds);
    }
  });

  test('what is generated is used under the name that it has', () => {
    const maps = ofKind(overlay, 'ConfigMap').map(({ metadata }) => metadata.name);
    const used = podsOf(overlay).flatMap(({ spec }) =>
      [...JSON.stringify(spec).matchAll(/"configMap(?:Ref)?":\{[^}]*"name":"([^"]+)"/g)].map(([, name]) => name),
    );
    expect([...new Set(used)].sort()).toEqual(maps.sort());
  });

  test('no annotation is for the retired ingress-nginx', () => {
    expect(JSON.stringify(render(overlay))).not.toContain('nginx.ingress.kubernetes.io');
  });
});

describe.skipIf(Object.keys(found).length === 0).each(['production', 'production-gateway'] as const)('%s', (overlay) => {
  test('PostgreSQL has a connection for every one that a pod may hold, also while all that there can be are replaced', () => {
    /** DATABASE_POOL of `common/src/server/env.ts`, which every pod has; superusers keep three, the operator and a backup need some. */
    const [pool, others] = [10, 20];
    const { readPool, shards } = readMessages({ ALLOWED_ORIGINS: 'https://chat.example.org' });
    const perPod = { auth: pool, users: pool, notifications: pool, messages: pool + readPool + shards + 2 };
    const wanted = Object.entries(perPod).map(([name, connections]) => {
      const scaler = ofKind(overlay, 'HorizontalPodAutoscaler').find(({ spec }) => spec.scaleTargetRef.name === name);
      return connections * (scaler?.spec.maxReplicas + 1);
    });
    const [postgres] = render(overlay).filter(({ apiVersion, kind }) => apiVersion.startsWith('postgresql.cnpg.io/') && kind === 'Cluster');
    const { max_connections: allowed } = postgres?.spec.postgresql.parameters ?? {};
    expect(Number(allowed)).toBeGreaterThanOrEqual(wanted.reduce((sum, one) => sum + one, others));
  });

  test.each(withSockets)('%s that is full of sockets, of which many read slowly, fits into its memory', (service) => {
    const MiB = 1024 * 1024;
    const withoutSockets = 128 * MiB;
    const sockets = socketsPerPod(overlay, service) * perSocket[service] * 1024;
    expect(containerOf(overlay, service).resources.limits.memory).toBe('1Gi');
    expect(withoutSockets + sockets + defaultSettings.bufferedPerPod).toBeLessThan(1024 * MiB);
  });

  test('there are three of whatever serves people, kept apart, and never all gone at once', () => {
    for (const name of [...services, 'client']) {
      const [deployment] = ofKind(overlay, 'Deployment').filter(({ metadata }) => metadata.name === name);
      expect(deployment?.spec.strategy.rollingUpdate).toEqual({ maxUnavailable: 0, maxSurge: 1 });
      expect(deployment?.spec.template.spec.topologySpreadConstraints).toHaveLength(1);
      expect(deployment?.spec.template.spec.affinity.podAntiAffinity).toBeDefined();
      const scaler = ofKind(overlay, 'HorizontalPodAutoscaler').find(({ spec }) => spec.scaleTargetRef.name === name);
      expect(scaler?.spec.minReplicas).toBeGreaterThanOrEqual(3);
      const budget = ofKind(overlay, 'PodDisruptionBudget').find(
        ({ spec }) => spec.selector.matchLabels['app.kubernetes.io/name'] === name,
      );
      expect(budget?.spec.maxUnavailable).toBe(1);
    }
  });
});

test.skipIf(Object.keys(found).length === 0)(
  'where pods are measured, connections decide how many there are, and whoever measures is let in',
  () => {
    const manifests = renderAlso('production', 'connections-metric');
    const targets = manifests.flatMap(({ kind, metadata, spec }) =>
      kind === 'HorizontalPodAutoscaler'
        ? (spec.metrics as { pods?: { metric: Labels; target: { averageValue: string } } }[]).flatMap(({ pods }) =>
            pods?.metric.name === 'parley_sockets' ? [[metadata.name, Number(pods.target.averageValue)] as const] : [],
          )
        : [],
    );
    const wanted = withSockets.map((service) => [service, socketsPerPod('production', service) * 0.4]);
    expect(Object.fromEntries(targets)).toEqual(Object.fromEntries(wanted));
    const [policy] = manifests.filter(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === 'measures-are-read');
    expect(policy?.spec.podSelector.matchLabels).toEqual({ 'app.kubernetes.io/component': 'service' });
  },
);
