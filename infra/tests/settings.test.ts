import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig as readAuth } from '@parley/auth/config';
import { type Service, services } from '@parley/common/contracts';
import { readConfig as readMessages } from '@parley/messages/config';
import { readConfig as readNotifications } from '@parley/notifications/config';
import { readConfig as readSocketHandler } from '@parley/socket-handler/config';
import { readConfig as readUsers } from '@parley/users/config';
import { describe, expect, test } from 'vitest';
import { readSurroundings } from '../../common/src/server/surroundings.ts';
import { found, ofKind, overlays, podsOf, readYaml, root } from './rendering.ts';

type Variables = Readonly<Record<string, string>>;
const secretsScript = (...parameters: string[]) =>
  execFileSync('sh', [join(root, 'infra', 'secrets.sh'), ...parameters], { encoding: 'utf8' });

interface Secret {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly stringData: Variables;
}
const secrets = readYaml(secretsScript('print')) as Secret[];
const secretOf = (name: string, key: string) => secrets.find(({ metadata }) => metadata.name === name)?.stringData[key];

const readers: Readonly<Record<Service, (variables: NodeJS.ProcessEnv) => unknown>> = {
  auth: readAuth,
  users: readUsers,
  messages: readMessages,
  'socket-handler': readSocketHandler,
  notifications: readNotifications,
};

/** As `main.ts` reads it: throws with every variable that is missing or wrong. */
function readAll(service: Service, variables: Variables) {
  const main = readFileSync(join(root, service, 'src', 'main.ts'), 'utf8');
  const [, given] = /asks: \[([^\]]*)\]/.exec(main) ?? [];
  const asks = Array.from((given ?? (service === 'auth' ? '' : "'auth'")).matchAll(/'([\w-]+)'/g), ([, name]) => name as Service);
  readSurroundings({ asks, database: !main.includes('database: false') }, variables);
  readers[service](variables);
}

/** What somebody reads: a service by its schemas, or a program that is not ours. */
const known = new Set(
  [
    'common/src/server/env.ts',
    'common/src/server/surroundings.ts',
    'common/src/sockets/settings.ts',
    ...services.map((service) => `${service}/src/config.ts`),
  ].flatMap((path) => Array.from(readFileSync(join(root, path), 'utf8').matchAll(/^ +([A-Z][A-Z_]+)[:,]/gm), ([, name]) => name as string)),
);
const ofOthers = new Set(['NODE_OPTIONS', 'MALLOC_MMAP_THRESHOLD_']);
const unknown = (variables: Variables) => Object.keys(variables).filter((name) => !known.has(name) && !ofOthers.has(name));

test('every secret is new each time, and none of them is easy to guess', () => {
  const values = (text: string) => (readYaml(text) as Secret[]).flatMap(({ stringData }) => Object.values(stringData));
  const random = values(secretsScript('print')).filter((value) => /[0-9a-f]{48}/.test(value));
  expect(random.length).toBeGreaterThanOrEqual(12);
  for (const value of values(secretsScript('print'))) expect(random).not.toContain(value);
});

describe.skipIf(Object.keys(found).length === 0).each(overlays)('%s', (overlay) => {
  const [settings] =
    Object.keys(found).length === 0 ? [] : ofKind(overlay, 'ConfigMap').filter(({ metadata }) => metadata.name.startsWith('parley-'));
  const environmentOf = (service: Service): Variables => {
    const container = podsOf(overlay).find(({ name }) => name === `Deployment/${service}`)?.spec.containers[0];
    const own = (container.env as Variable[]).map(({ name, value, valueFrom }) => {
      const { secretKeyRef } = valueFrom ?? {};
      return [name, value ?? (secretKeyRef ? secretOf(secretKeyRef.name, secretKeyRef.key) : 'a-pod')] as const;
    });
    return Object.fromEntries([
      ...Object.entries(settings?.data as Variables),
      ...own.filter(([, value]) => value !== undefined),
    ]) as Variables;
  };

  test.each(services)('%s is told all that it demands, and nothing that nobody reads', (service) => {
    readAll(service, environmentOf(service));
    expect(unknown(environmentOf(service))).toEqual([]);
  });

  test('every secret that must be there is one that the script makes', () => {
    const references = podsOf(overlay).flatMap(({ spec }) => [
      ...spec.containers.flatMap(({ env = [] }: { env?: Variable[] }) => env.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef ?? [])),
      ...mountedSecrets(spec.volumes ?? []),
    ]) as { name: string; key: string; optional?: boolean }[];
    const missing = references.filter(({ name, key, optional }) => !optional && secretOf(name, key) === undefined);
    expect(references.length).toBeGreaterThan(10);
    expect(missing).toEqual([]);
    const named = [...ofKind(overlay, 'Cluster'), ...ofKind(overlay, 'RabbitmqCluster')].flatMap((manifest) =>
      Array.from(JSON.stringify(manifest.spec).matchAll(/"(?:passwordSecret|externalSecret)":\{"name":"([^"]+)"/g), ([, name]) => name),
    );
    expect(named.filter((name) => !secrets.some(({ metadata }) => metadata.name === name))).toEqual([]);
  });

  test('no secret stands in a manifest', () => {
    expect(ofKind(overlay, 'Secret')).toEqual([]);
    const plain = podsOf(overlay).flatMap(({ spec }) =>
      spec.containers.flatMap(({ env = [] }: { env?: Variable[] }) =>
        env.filter(({ name, value }) => value !== undefined && /SECRET|PASSWORD|_KEY|BROKER|CACHE|DATABASE_URL/.test(name)),
      ),
    );
    expect(plain).toEqual([]);
  });
});

describe('compose', () => {
  const file = readFileSync(join(root, 'compose.yaml'), 'utf8');
  const variables = Object.fromEntries(
    secretsScript('compose', 'https://chat.example.org')
      .split('\n')
      .flatMap((line) => (/^[A-Z_]+=/.test(line) ? [[line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]] : [])),
  ) as Variables;
  const fill = (text: string): string =>
    text.replaceAll(/\$\{(\w+)(?::([-?])((?:[^{}]|\$\{\w+\})*))?\}/g, (_, name: string, how: string, otherwise = '') => {
      const value = variables[name];
      if (value) return value;
      if (how === '?') throw new Error(`${name} is not in .env`);
      return fill(otherwise);
    });
  const compose = (readYaml(fill(file.replaceAll('$$', ''))) as [{ services: Record<string, ComposeService> }])[0].services;

  test.each(services)('%s is told all that it demands, and nothing that nobody reads', (service) => {
    // Filled in before it is read here: what is empty there is nothing here.
    const given = Object.entries(compose[service]?.environment ?? {}).map(([name, value]) => [name, value ?? '']);
    const environment: Variables = Object.fromEntries(given);
    readAll(service, environment);
    expect(unknown(environment)).toEqual([]);
  });

  test('no password has a default, and every variable of .env is used', () => {
    expect(file).not.toMatch(/(?:PASSWORD|SECRET):-[^}]/);
    const unused = Object.keys(variables).filter((name) => name !== 'COMPOSE_FILE' && !file.includes(`\${${name}`));
    expect(unused).toEqual([]);
  });

  test('everything is started when what it needs is healthy', () => {
    for (const [name, { depends_on = {} }] of Object.entries(compose)) {
      for (const [other, { condition }] of Object.entries(depends_on))
        expect([name, other, condition]).toEqual([name, other, 'service_healthy']);
    }
    expect(Object.keys(compose.edge?.depends_on ?? {}).sort()).toEqual([...services, 'client'].sort());
    for (const service of services) expect(Object.keys(compose[service]?.depends_on ?? {})).toEqual(['postgres', 'rabbitmq', 'valkey']);
  });

  test('nothing but the edge is reached from outside, and only of this machine unless somebody says so', () => {
    expect(Object.entries(compose).flatMap(([name, { ports }]) => (ports ? [name] : []))).toEqual(['edge']);
    expect(file).toContain('LISTEN:-127.0.0.1');
  });

  test('a URL that is given with https takes the certificate along', () => {
    expect(variables.COMPOSE_FILE).toBe('compose.yaml:compose.tls.yaml');
    expect(secretsScript('compose')).toContain('COMPOSE_FILE=compose.yaml\n');
  });
});

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef?: { readonly name: string; readonly key: string; readonly optional?: boolean } };
}
interface ComposeService {
  readonly environment?: Variables;
  readonly ports?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}
interface Volume {
  readonly secret?: { readonly secretName: string; readonly items: readonly { readonly key: string }[] };
  readonly projected?: {
    readonly sources: readonly { readonly secret?: { readonly name: string; readonly items: readonly { readonly key: string }[] } }[];
  };
}

function mountedSecrets(volumes: readonly Volume[]) {
  return volumes.flatMap(({ secret, projected }) => [
    ...(secret ? secret.items.map(({ key }) => ({ name: secret.secretName, key })) : []),
    ...(projected?.sources ?? []).flatMap(({ secret: source }) => source?.items.map(({ key }) => ({ name: source.name, key })) ?? []),
  ]);
}
