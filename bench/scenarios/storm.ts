import { Agent, get } from 'node:http';
import { uuidv7 } from '@parley/common/contracts';
import { inTurns, pause, round } from '../load.ts';
import { systemProcessor } from '../machine.ts';
import { openSocket, type Parley } from '../systems/parley.ts';
import { textOf } from '../wire/numbers.ts';
import { sendFrame } from '../wire/parley-frames.ts';
import type { Scenario } from './scenario.ts';

const DEVICES = 5_000;
const AT_ONCE = 100;
/** The client library's first try is spread over so much, and what is turned away comes again after twice as much each time. */
const SPREAD_MS = 500;
const LONGEST_SPREAD_MS = 30_000;

/** Everybody comes back at once, after one message to each that they missed. */
export const storm: Scenario = {
  name: 'storm',
  title: `${DEVICES} devices come back at once`,
  of: 'parley',
  async measure(system, { quick, tell }) {
    const devices = quick ? 200 : DEVICES;
    await system.people(devices);
    await inTurns(devices / 2, AT_ONCE, (pair) => writeTo(system, 2 * pair, 2 * pair + 1));
    const agent = new Agent({ keepAlive: true, maxSockets: 100 });
    const [begun, before] = [performance.now(), systemProcessor()];
    let turnedAway = 0;
    const times = await Promise.all(
      Array.from({ length: devices }, async (_, person) => {
        await pause((SPREAD_MS * person) / devices);
        const close = await comeBack(system, person, agent, () => (turnedAway += 1));
        return { close, at: performance.now() - begun };
      }),
    );
    const sorted = times.map(({ at }) => at).sort((one, other) => one - other);
    const at = (share: number) => round((sorted[Math.min(devices - 1, Math.floor(devices * share))] ?? 0) / 1_000);
    const spent = Object.entries(systemProcessor()).map(([name, seconds]) => [name, round(seconds - (before[name] ?? 0))] as const);
    const processorSeconds = Object.fromEntries(spent.filter(([, seconds]) => seconds > 0));
    const reached = { halfSeconds: at(0.5), p99Seconds: at(0.99), allSeconds: at(1) };
    const figures = { devices, sockets: 2 * devices, turnedAway, ...reached, processorSeconds };
    tell(JSON.stringify(figures));
    for (const { close } of times) close();
    agent.destroy();
    return figures;
  },
};

async function writeTo(system: Parley, from: number, to: number) {
  const { promise: ticked, resolve: tick } = Promise.withResolvers<void>();
  const line = await openSocket(system.port, '/ws/chat', system.headersOf(from), { text: (bytes) => bytes.includes('"update"') && tick() });
  line.send(sendFrame(uuidv7(), system.accounts[to]?.userId as string, textOf(from)));
  await ticked;
  line.close();
}

/** Both sockets, then what changed in the conversations whose versions moved: here, the one message that everybody has. */
async function comeBack(system: Parley, person: number, agent: Agent, turnedAway: () => void) {
  const headers = system.headersOf(person);
  const sockets = await Promise.all(
    ['/ws/chat', '/ws/notifications'].map((path) => patiently(() => openSocket(system.port, path, headers, {}), turnedAway)),
  );
  const get = (path: string) => patiently(() => ask(system.port, path, headers, agent), turnedAway);
  const { epoch } = JSON.parse(await get('/api/messages/versions')) as { epoch: string };
  const missed = await get(`/api/messages/conversations/${system.accounts[person ^ 1]?.userId}/changes?epoch=${epoch}&since=0`);
  if (!missed.includes(textOf(person & ~1))) throw new Error(`device ${person} was not given what it missed: ${missed}`);
  return () => {
    for (const socket of sockets) socket.close();
  };
}

async function patiently<T>(step: () => Promise<T>, turnedAway: () => void): Promise<T> {
  for (let spread = 2 * SPREAD_MS; ; spread = Math.min(2 * spread, LONGEST_SPREAD_MS)) {
    try {
      return await step();
    } catch {
      turnedAway();
      await pause(spread * Math.random());
    }
  }
}

const ask = (port: number, path: string, headers: Record<string, string>, agent: Agent) =>
  new Promise<string>((resolve, reject) => {
    const request = get({ port, host: '127.0.0.1', path, headers, agent }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () =>
        response.statusCode === 200 ? resolve(text) : reject(new Error(`${path}: ${response.statusCode} ${text}`)),
      );
    });
    request.on('error', reject);
  });
