import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { authRoutes } from '@parley/common/contracts';
import { createSessions, systemClock } from '@parley/common/server';
import { fetchTestKeys, signedIn, TEST_ORIGIN, testPlatform, visitor } from '@parley/common/testing';
import { standardCost } from '../auth/src/password-hashes.ts';
import { startAuth } from '../auth/src/service.ts';

/**
 * Sign-ins per second and the memory they need; whether an unknown name can be told from a wrong password by time; what
 * it costs a service to know who asks. Service, generator and database share the machine.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '15' },
    visitors: { type: 'string', default: '32' },
    samples: { type: 'string', default: '200' },
    serve: { type: 'boolean', default: false },
  },
});
const [seconds, visitors, samples] = [values.seconds, values.visitors, values.samples].map(Number) as [number, number, number];

const password = 'a rabbit hole';

const say = (line: string) => void process.stdout.write(`${line}\n`);
const megabytes = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(0)} MB`;
const at = (sorted: readonly number[], share: number) =>
  (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
const spread = (times: number[]) => {
  const sorted = times.sort((one, other) => one - other);
  return `p10 ${at(sorted, 0.1)} p50 ${at(sorted, 0.5)} p90 ${at(sorted, 0.9)} p99 ${at(sorted, 0.99)} ms`;
};

if (values.serve) await serveAuth();
else await measure();

/** A process of its own, so that its memory is its own. */
async function serveAuth() {
  const platform = testPlatform();
  const { url } = await platform.start('auth', startAuth, {
    allowedOrigins: [TEST_ORIGIN],
    trustedProxies: [],
    secrets: ['a secret that is used for measuring only'],
    registration: 'open',
    publicUrl: TEST_ORIGIN,
    signingKeys: undefined,
    passwordCost: standardCost,
    rateLimitFactor: 0,
    mail: undefined,
  });
  process.on('message', () => process.send?.({ rss: process.memoryUsage().rss, cpu: process.cpuUsage() }));
  process.once('disconnect', () => void platform[Symbol.asyncDispose]());
  process.send?.(url);
}

async function measure() {
  const server = fork(import.meta.filename, ['--serve']);
  const [url] = (await once(server, 'message')) as [string];
  const usage: Ask = async () => {
    server.send('usage');
    const [{ rss, cpu }] = (await once(server, 'message')) as [{ rss: number; cpu: NodeJS.CpuUsage }];
    return { rss, cpuMs: (cpu.user + cpu.system) / 1000 };
  };
  say(`${availableParallelism()} cores, Node ${process.version}, bus and cache: ${process.env.PARLEY_SETTING ?? 'embedded'}`);
  for (let number = 0; number < visitors; number += 1) {
    const userName = `visitor${number}`;
    await visitor(url).call(authRoutes.signUp, { userName, email: `${userName}@example.org`, displayName: userName, password });
  }
  await signIns(url, usage);
  await alike(url);
  await verification();
  server.disconnect();
}

type Ask = () => Promise<{ rss: number; cpuMs: number }>;

async function signIns(url: string, usage: Ask) {
  const before = await usage();
  let peak = before.rss;
  const times: number[] = [];
  const begun = performance.now();
  const over = () => performance.now() - begun > seconds * 1000;
  const one = async (number: number) => {
    while (!over()) {
      const asked = performance.now();
      await visitor(url).call(authRoutes.signIn, { login: `visitor${number}`, password });
      times.push(performance.now() - asked);
    }
  };
  const watch = async () => {
    while (!over()) {
      peak = Math.max(peak, (await usage()).rss);
      await sleep(100);
    }
  };
  await Promise.all([watch(), ...Array.from({ length: visitors }, (_, number) => one(number))]);
  const elapsed = (performance.now() - begun) / 1000;
  const cpu = ((await usage()).cpuMs - before.cpuMs) / times.length;
  say(`sign-ins: ${(times.length / elapsed).toFixed(1)} per second by ${visitors} at once, ${spread(times)}`);
  say(`processor: ${cpu.toFixed(1)} ms a sign-in, so ${(1000 / cpu).toFixed(0)} per second for each core of its own`);
  say(`resident memory of the process: ${megabytes(before.rss)} before, ${megabytes(peak)} at the most`);
}

/** By turns, so that whatever else the machine does falls on both. */
async function alike(url: string) {
  const refused: Record<string, number[]> = { 'wrong password': [], 'unknown user name': [], 'unknown address': [] };
  const logins = { 'wrong password': 'visitor1', 'unknown user name': 'nobody.here', 'unknown address': 'nobody@example.org' };
  for (let sample = 0; sample < samples; sample += 1) {
    for (const [kind, login] of Object.entries(logins)) {
      const begun = performance.now();
      await visitor(url)
        .call(authRoutes.signIn, { login, password: 'wrong' })
        .catch(() => {});
      refused[kind]?.push(performance.now() - begun);
    }
  }
  for (const [kind, times] of Object.entries(refused)) say(`refused, ${kind}: ${spread(times)}`);
}

async function verification() {
  const rounds = 2_000;
  const sessions = createSessions({ clock: systemClock, fetchKeys: fetchTestKeys });
  const requests = Array.from({ length: rounds }, () => ({ headers: { cookie: signedIn().cookie } }) as IncomingMessage);
  for (const kind of ['a token seen for the first time', 'a token seen before']) {
    const begun = performance.now();
    for (const request of requests) await sessions.authenticate(request);
    say(`verifying ${kind}: ${(((performance.now() - begun) / rounds) * 1000).toFixed(1)} µs`);
  }
}
