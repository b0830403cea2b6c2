import { Agent, get } from 'node:http';
import { uuidv7 } from '@parley/common/contracts';
import { inTurns, pause, round } from '../load.ts';
import { systemProcessor } from '../machine.ts';
import { openSocket, type Parley } from '../systems/parley.ts';
import { textOf } from '../wire/numbers.ts';
import { sendFrame } from '../wire/parley-frames.ts';
import { comeBack, type Way } from './returning.ts';
import type { Scenario } from './scenario.ts';

const DEVICES = 5_000;
const AT_ONCE = 100;
/** As the client library: the first try is spread over so much, each one after it over twice as much. */
const SPREAD_MS = 500;
const LONGEST_SPREAD_MS = 30_000;
/** Whoever is not there by then is lost. */
const BACK_WITHIN_MS = 120_000;
/** A proxy or a service that has no time just now. */
const AWAY = [429, 502, 503, 504];
/** Whoever is not greeted by then tries anew. */
const HELLO_WITHIN_MS = 15_000;

/** Everybody comes back at once, after one message to each that they missed. */
export const storm: Scenario = {
  name: 'storm',
  title: `${DEVICES} devices come back at once`,
  of: 'parley',
  async measure(system, { quick, tell }) {
    const devices = quick ? 200 : DEVICES;
    await system.people(devices);
    await inTurns(devices / 2, AT_ONCE, (pair) => writeTwice(system, 2 * pair, 2 * pair + 1));
    const agent = new Agent({ keepAlive: true, maxSockets: 100 });
    const { epoch } = JSON.parse(await ask(system.port, '/api/messages/versions', headersOf(system, 0), agent));
    const [begun, before] = [performance.now(), systemProcessor()];
    let turnedAway = 0;
    const times = await Promise.all(
      Array.from({ length: devices }, async (_, person) => {
        const [userId, peerId] = [person, person ^ 1].map((one) => system.accounts[one]?.userId as string) as [string, string];
        const way = wayOf(system, person, agent, () => (turnedAway += 1));
        const back = await comeBack(way, { userId, peerId, epoch, version: 1 });
        if (!back.missed.includes(textOf(person | 1))) throw new Error(`device ${person} was not given what it missed: ${back.missed}`);
        const at = performance.now() - begun;
        await back.tell();
        return { close: back.close, at };
      }),
    );
    const sorted = times.map(({ at }) => at).sort((one, other) => one - other);
    const at = (share: number) => round((sorted[Math.min(devices - 1, Math.floor(devices * share))] ?? 0) / 1_000);
    const spent = Object.entries(systemProcessor()).map(([name, seconds]) => [name, round(seconds - (before[name] ?? 0))] as const);
    const processorSeconds = Object.fromEntries(spent.filter(([, seconds]) => seconds > 0));
    const toldSeconds = round((performance.now() - begun) / 1_000);
    const reached = { halfSeconds: at(0.5), p99Seconds: at(0.99), allSeconds: at(1), toldSeconds };
    const figures = { devices, sockets: 2 * devices, turnedAway, ...reached, processorSeconds };
    tell(JSON.stringify(figures));
    for (const { close } of times) close();
    agent.destroy();
    return figures;
  },
};

/** Of two messages everybody has the first. */
async function writeTwice(system: Parley, from: number, to: number) {
  const { promise: ticked, resolve: tick } = Promise.withResolvers<void>();
  // The one that is stored last: they may be told together.
  const text = (bytes: Buffer) => bytes.includes(textOf(to)) && tick();
  const line = await openSocket(system.port, '/ws/chat', system.headersOf(from), { text });
  for (const number of [from, to]) line.send(sendFrame(uuidv7(), system.accounts[to]?.userId as string, textOf(number)));
  await ticked;
  line.close();
}

const headersOf = (system: Parley, person: number) => ({
  ...system.headersOf(person),
  'parley-user': system.accounts[person]?.userId as string,
});

/** How one device reaches Parley, with the pauses of the client library where it is turned away. */
function wayOf(system: Parley, person: number, agent: Agent, turnedAway: () => void): Way {
  const headers = headersOf(system, person);
  const request = (path: string) => ask(system.port, path, headers, agent);
  return {
    async open(path, hear) {
      await pause(SPREAD_MS * Math.random());
      return patiently(
        () => inTime(openSocket(system.port, path, system.headersOf(person), { text: hear })),
        async () => {
          turnedAway();
          // It can't see why, and asks.
          await request('/api/auth/me').catch(() => {});
        },
      );
    },
    ask: (path) => patiently(() => request(path), turnedAway),
  };
}

async function patiently<T>(step: () => Promise<T>, turnedAway: () => unknown): Promise<T> {
  const late = performance.now() + BACK_WITHIN_MS;
  for (let spread = 2 * SPREAD_MS; ; spread = Math.min(2 * spread, LONGEST_SPREAD_MS)) {
    try {
      return await step();
    } catch (error) {
      if (error instanceof Wrong || performance.now() > late) throw error;
      await turnedAway();
      await pause(spread * Math.random());
    }
  }
}

/** What comes later is closed. */
async function inTime<T extends { close(): void }>(opening: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(new Error('not greeted in time'));
    void opening.then((line) => line.close());
  }, HELLO_WITHIN_MS);
  try {
    return await Promise.race([opening, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** An answer that no patience makes right. */
class Wrong extends Error {}

const refusal = (text: string, status = 0) => (AWAY.includes(status) ? new Error(text) : new Wrong(text));

const ask = (port: number, path: string, headers: Record<string, string>, agent: Agent) =>
  new Promise<string>((resolve, reject) => {
    const request = get({ port, host: '127.0.0.1', path, headers, agent }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () =>
        response.statusCode === 200 ? resolve(text) : reject(refusal(`${path}: ${response.statusCode} ${text}`, response.statusCode)),
      );
    });
    request.on('error', reject);
  });
