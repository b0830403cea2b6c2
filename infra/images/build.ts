import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { services } from '@parley/common/contracts';
import { ask, findEngine } from './engine.ts';

/** Builds every image, and says how big it is and what of that is the base it stands on. */
const root = resolve(import.meta.dirname, '..', '..');
const engine = findEngine();
const { version } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')) as { version: string };

const bases = {
  service: 'gcr.io/distroless/cc-debian12:nonroot',
  client: 'docker.io/nginxinc/nginx-unprivileged:1.28-alpine-slim',
};

const builds: readonly (readonly [string, readonly string[]])[] = [
  ...services.map((service) => [service, ['--build-arg', `SERVICE=${service}`]] as const),
  ['client', ['--file', 'client/Dockerfile']],
];

for (const [name, parameters] of builds) {
  const image = `parley/${name}`;
  const tags = [image, `${image}:${version}`].flatMap((tag) => ['--tag', tag]);
  const command = ['build', ...engine.buildOptions, ...parameters, ...tags, '.'];
  const { status, stdout, stderr } = spawnSync(engine.name, command, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (status !== 0) {
    console.error(`${stdout}\n${stderr}\n${image} could not be built.`);
    process.exit(1);
  }
  const [whole, base] = [sizeOf(image), sizeOf(bases[name === 'client' ? 'client' : 'service'])];
  console.log(`${image.padEnd(24)} ${megabytes(whole)}${base > 0 ? `, ${megabytes(whole - base)} of it beside its base` : ''}`);
}

/** In bytes; 0 where the engine keeps bases to itself. */
function sizeOf(image: string): number {
  try {
    return Number(ask(engine, 'image', 'inspect', '--format', '{{.Size}}', image));
  } catch {
    return 0;
  }
}

function megabytes(bytes: number) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
