import { execFileSync, spawnSync } from 'node:child_process';

/** What builds and runs images here: Docker, or Podman where no Docker answers. */
export interface Engine {
  readonly name: 'docker' | 'podman';
  /** Of a build, where the machine needs more: `IMAGE_BUILD_OPTIONS='--network host'`. */
  readonly buildOptions: readonly string[];
}

export function findEngine(environment: NodeJS.ProcessEnv = process.env): Engine {
  const name = (['docker', 'podman'] as const).find((candidate) => spawnSync(candidate, ['info'], { stdio: 'ignore' }).status === 0);
  if (!name) throw new Error('Neither Docker nor Podman answers here.');
  const buildOptions = (environment.IMAGE_BUILD_OPTIONS ?? '').split(' ').filter(Boolean);
  // Podman's own format knows no health checks.
  return { name, buildOptions: name === 'podman' ? ['--format', 'docker', ...buildOptions] : buildOptions };
}

export const ask = ({ name }: Engine, ...parameters: readonly string[]): string =>
  execFileSync(name, parameters, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
