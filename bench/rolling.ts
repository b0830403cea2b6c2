import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { services } from '@parley/common/contracts';
import { startCluster } from '../platform/src/cluster/cluster.ts';
import { createPeople, type Device, type Person } from '../tests/people.ts';

/**
 * The longest anybody waits for a message while every process of a service is replaced, one after another, as a rollout
 * does it: from the moment that it is written to the moment that the other device shows it.
 *   node bench/rolling.ts [--pairs 20] [--every 200] [--instances 2]
 */
const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '20' },
    every: { type: 'string', default: '200' },
    instances: { type: 'string', default: '2' },
  },
});
const [pairs, every, instances] = [Number(values.pairs), Number(values.every), Number(values.instances)];

const folder = mkdtempSync(join(tmpdir(), 'parley-rolling-'));
{
  await using cluster = await startCluster({ folder, instances, environment: { RATE_LIMIT_FACTOR: '0' }, tell: console.log });
  await using people = createPeople(cluster.url);
  const couples: { her: Person; him: Person; hers: Device; his: Device }[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    const [her, him] = [await people.signUp(`Her${pair}`), await people.signUp(`Him${pair}`)];
    couples.push({ her, him, hers: await people.device(her), his: await people.device(him) });
  }

  /** When each text was written; taken out when the other device shows it. */
  const waiting = new Map<string, number>();
  let waits: number[] = [];
  let written = 0;
  const write = async ({ hers, him }: (typeof couples)[number]) => {
    written += 1;
    const text = String(written);
    waiting.set(text, performance.now());
    await hers.say(him, text);
  };
  const look = () => {
    for (const { his, her } of couples) {
      for (const text of his.texts(her).slice(-50)) {
        const since = text === null ? undefined : waiting.get(text);
        if (since === undefined || text === null) continue;
        waiting.delete(text);
        waits.push(performance.now() - since);
      }
    }
  };
  const writing = setInterval(() => void couples.map(write), every);
  const looking = setInterval(look, 10);
  const settle = async () => {
    const deadline = performance.now() + 60_000;
    const last = written;
    while ([...waiting.keys()].some((text) => Number(text) <= last) && performance.now() < deadline) await pause(50);
  };
  const report = async (name: string) => {
    await settle();
    const sorted = waits.toSorted((one, other) => one - other);
    const at = (part: number) => `${Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0)} ms`;
    console.log(`${name.padEnd(16)} ${String(sorted.length).padStart(6)} messages  p50 ${at(0.5)}  p99 ${at(0.99)}  longest ${at(1)}`);
    waits = [];
  };

  console.log(`${pairs} pairs, a message each every ${every} ms, ${instances} processes of each service, ${cpus().length} cores`);
  await pause(5_000);
  await report('nothing happens');
  for (const service of services) {
    for (const instance of cluster.of(service)) {
      await instance.stop();
      await instance.start();
      await instance.ready();
    }
    await report(service);
  }
  clearInterval(writing);
  await settle();
  clearInterval(looking);
  console.log(`written ${written}, never shown ${waiting.size}`);
}
rmSync(folder, { recursive: true, force: true });

function pause(ms: number) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
