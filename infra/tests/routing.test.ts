import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nginxConfiguration } from '../../platform/src/cluster/nginx.ts';
import { paths } from '../../platform/src/routing.ts';
import { routesOf } from '../edge/routes.ts';
import { found, ofKind, readYaml, root } from './rendering.ts';

const read = (path: string) => readFileSync(join(root, path), 'utf8');
/** Which path leads where, exactly or with all beneath it; the rest is the client's. */
const agreed = [
  ...paths.map(({ prefix, service, socket }) => ({ path: prefix, exact: socket, service: service as string })),
  { path: '/', exact: false, service: 'client' },
];
const byPath = (one: { path: string }, other: { path: string }) => one.path.localeCompare(other.path);

test("NGINX's routes are those of the platform", async () => {
  await expect(routesOf(paths)).toMatchFileSnapshot('../edge/routes.conf');
});

test('the local cluster, compose and development clusters read the same files', () => {
  const upstreams = { auth: [], users: [], messages: [], 'socket-handler': [], notifications: [] };
  const cluster = nginxConfiguration({ folder: '/nowhere', port: 1, upstreams, internal: upstreams as never });
  for (const file of ['settings.conf', 'proxy.conf', 'routes.conf']) {
    expect(cluster).toContain(join('infra', 'edge', file));
    expect(read('infra/edge/plain.conf') + read('infra/edge/http.conf')).toContain(`include ${file};`);
    expect(read('infra/edge/tls.conf') + read('infra/edge/http.conf')).toContain(`include ${file};`);
  }
});

test('the edge knows where everybody is whom it sends to', () => {
  const known = Array.from(
    read('infra/edge/upstreams.conf').matchAll(/^upstream ([\w-]+) \{ server \1:(\d+)/gm),
    ([, name, port]) => `${name}:${port}`,
  );
  expect(known.sort()).toEqual([...new Set(agreed.map(({ service }) => `${service}:${service === 'client' ? 8080 : 3000}`))].sort());
});

/** The headers that NGINX gives a proxied request are lost where a location sets one of its own. */
test('no location sets a header of its own', () => {
  for (const file of ['routes.conf', 'plain.conf', 'tls.conf']) expect(read(`infra/edge/${file}`)).not.toContain('proxy_set_header');
});

describe.skipIf(Object.keys(found).length === 0)('Kubernetes', () => {
  test('the Ingress routes the same', () => {
    const [ingress] = ofKind('production', 'Ingress');
    const rules = ingress?.spec.rules[0].http.paths.map(({ path, pathType, backend }: IngressPath) => ({
      path,
      exact: pathType === 'Exact',
      service: backend.service.name,
    }));
    expect(rules.sort(byPath)).toEqual(agreed.toSorted(byPath));
    const sockets = new Set(paths.filter(({ socket }) => socket).map(({ service }) => service));
    expect(new Set(ingress?.metadata.annotations?.['nginx.org/websocket-services']?.split(','))).toEqual(sockets);
  });

  test('the Gateway routes the same', () => {
    const route = ofKind('production-gateway', 'HTTPRoute').find(({ metadata }) => metadata.name === 'parley');
    const rules = route?.spec.rules.map(({ matches: [match], backendRefs: [backend] }: GatewayRule) => ({
      path: match.path.value,
      exact: match.path.type === 'Exact',
      service: backend.name,
    }));
    expect(rules.sort(byPath)).toEqual(agreed.toSorted(byPath));
    expect(ofKind('production-gateway', 'Ingress')).toEqual([]);
  });

  test('sockets that say nothing live longer than the heartbeat of the services', () => {
    const beats = 120;
    const [ingress] = ofKind('production', 'Ingress');
    expect(ingress?.metadata.annotations?.['nginx.org/proxy-read-timeout']).toBe(`${beats}s`);
    const [policy] = ofKind('production-gateway', 'ProxySettingsPolicy');
    expect(policy?.spec.timeout.read).toBe(`${beats}s`);
    expect(read('infra/edge/routes.conf')).toContain(`proxy_read_timeout ${beats}s`);
  });

  test('one setting decides the host, everywhere', () => {
    const text = readYaml(read('infra/overlays/production/kustomization.yaml'))[0] as { configMapGenerator: { literals: string[] }[] };
    const host = new URL(
      text.configMapGenerator[0]?.literals.find((line) => line.startsWith('PUBLIC_URL='))?.slice('PUBLIC_URL='.length) ?? '',
    ).host;
    expect(ofKind('production', 'Ingress')[0]?.spec).toMatchObject({ rules: [{ host }], tls: [{ hosts: [host] }] });
    expect(ofKind('production', 'Certificate')[0]?.spec.dnsNames).toEqual([host]);
    for (const { spec } of ofKind('production-gateway', 'HTTPRoute')) expect(spec.hostnames).toEqual([host]);
    for (const listener of ofKind('production-gateway', 'Gateway')[0]?.spec.listeners ?? []) expect(listener.hostname).toBe(host);
  });
});

interface IngressPath {
  readonly path: string;
  readonly pathType: string;
  readonly backend: { readonly service: { readonly name: string } };
}
interface GatewayRule {
  readonly matches: readonly [{ readonly path: { readonly type: string; readonly value: string } }];
  readonly backendRefs: readonly [{ readonly name: string }];
}
