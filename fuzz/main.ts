import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { LEAST_LOOKS } from '../bench/growth.ts';
import { conclude } from './conclusion.ts';
import { type Part, run } from './run.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    inputs: { type: 'string', default: '1000000' },
    minutes: { type: 'string', default: '120' },
    part: { type: 'string', default: '10000' },
    data: { type: 'string', default: '.data/fuzz' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  console.log(`npm run fuzz -- [options]

  Sends a Parley of its own whatever strangers may think of: frames and requests that are right, nearly right and wrong,
  made from the contracts, and bytes that are neither. Two honest people talk all the while. It fails when anything
  crashes, hangs, is answered with a fault of ours or grows, when the two miss or wait for a message, or when it stops early.

  --seed <number>     the same inputs again; a run that was stopped goes on where it was
  --inputs <number>   so many (1000000)
  --minutes <number>  at most so long; what is not through by then fails, and the same seed goes on later (120)
  --part <number>     inputs between two looks at the platform (10000), fewer where a run would have less than ${LEAST_LOOKS} looks
  --data <folder>     data and results (.data/fuzz)`);
} else {
  const seed = Number(values.seed ?? Math.floor(Math.random() * 1e9));
  const data = resolve(values.data);
  const results = join(data, `${seed}.jsonl`);
  const folder = join(data, `parley-${seed}-${process.pid}`);
  mkdirSync(data, { recursive: true });
  const before = existsSync(results)
    ? readFileSync(results, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Part)
    : [];
  const from = before.at(-1)?.to ?? 0;
  console.log(`Seed ${seed}${from > 0 ? `, from input ${from} on` : ''}; results go to ${results}`);
  const to = Number(values.inputs);
  const parts: Part[] = [];
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
  const ended = await run({
    seed,
    from,
    to,
    minutes: Number(values.minutes),
    part: Math.max(1, Math.min(Number(values.part), Math.floor((to - from) / LEAST_LOOKS))),
    signal: stop.signal,
    folder,
    done(part) {
      parts.push(part);
      appendFileSync(results, `${JSON.stringify(part)}\n`);
      const { to, seconds, held, honest, findings } = part;
      console.log(
        `  ${to} inputs; ${Math.round((to - part.from) / seconds)}/s, heap ${held.heapMiB.toFixed(0)} MiB, resident ${held.rssMiB.toFixed(0)} MiB, ` +
          `${held.descriptors} descriptors, honest people waited ${honest.longestMs} ms at most, ${findings.length} findings`,
      );
      for (const { what, input } of findings.slice(0, 10)) console.log(`    ${what}${input ? `\n      ${input}` : ''}`);
    },
  });
  rmSync(folder, { recursive: true, force: true });
  const { lines, failed } = conclude({ before, parts, wanted: to, ...ended });
  console.log(`\n${lines.join('\n')}`);
  // Whatever was left open on our side must not keep us.
  process.exit(failed ? 1 : 0);
}
