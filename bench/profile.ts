/** Where the processor's time went in each process: `node bench/profile.ts <folder of .cpuprofile files>`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Profile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: { readonly functionName: string; readonly url: string } }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const [folder = '.'] = process.argv.slice(2);
const SHOWN = 12;

for (const file of readdirSync(folder)
  .filter((name) => name.endsWith('.cpuprofile'))
  .sort()) {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Profile;
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const spent = new Map<string, number>();
  let busy = 0;
  samples.forEach((id, index) => {
    const { functionName, url } = frames.get(id) ?? { functionName: '', url: '' };
    if (functionName === '(idle)' || functionName === '(program)') return;
    const time = timeDeltas[index] ?? 0;
    busy += time;
    const part = partOf(functionName, url);
    spent.set(part, (spent.get(part) ?? 0) + time);
  });
  const whose =
    nodes
      .map(({ callFrame: { url } }) => /\/(auth|users|messages|socket-handler|notifications)\/src\/main\.ts$/.exec(url)?.[1])
      .find(Boolean) ?? 'a process';
  process.stdout.write(`\n${whose}: ${(busy / 1e6).toFixed(2)} s of processor\n`);
  for (const [part, time] of [...spent].sort(([, one], [, other]) => other - one).slice(0, SHOWN))
    process.stdout.write(`  ${((time / busy) * 100).toFixed(1).padStart(5)} %  ${part}\n`);
}

/** A package, a file of ours, or a part of Node. */
function partOf(functionName: string, url: string): string {
  if (functionName === '(garbage collector)') return 'collecting garbage';
  const packaged = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url);
  if (packaged) return packaged[1] as string;
  if (url.startsWith('node:')) return url.split('/').slice(0, 2).join('/');
  if (url.startsWith('file:')) return url.split('/').slice(-3).join('/');
  return url === '' ? 'V8 and the system (JSON, writing, reading)' : url;
}
