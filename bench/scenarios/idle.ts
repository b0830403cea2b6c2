import { inTurns, pause, round } from '../load.ts';
import { type Memory, memory } from '../machine.ts';
import type { Scenario } from './scenario.ts';

const CONNECTIONS = 10_000;
const FIRST = 500;
const SETTLE_MS = 12_000;
const AT_ONCE = 100;

/** Memory that a connection costs that nobody speaks on: the whole system's, as it is, with nothing asked to tidy up first. */
export const idle: Scenario = {
  name: 'idle',
  title: `memory of an idle connection, at ${CONNECTIONS}`,
  of: 'any',
  async measure(system, { quick, tell }) {
    const connections = quick ? 1_000 : CONNECTIONS;
    const devices = connections / system.connections;
    const first = FIRST / system.connections;
    await system.people(devices + first);
    let lost = 0;
    const open = (person: number) => system.device(person, { closed: () => (lost += 1) });
    // What grows once, whoever comes, is not the price of a connection.
    const early = await inTurns(first, AT_ONCE, (index) => open(devices + index));
    await pause(quick ? 2_000 : SETTLE_MS / 2);
    const before = memory();
    const begun = performance.now();
    const opened = await inTurns(devices, AT_ONCE, open);
    const seconds = (performance.now() - begun) / 1_000;
    await pause(quick ? 2_000 : SETTLE_MS);
    const after = memory();
    if (lost > 0) throw new Error(`${lost} connections were lost`);
    const each = (bytes: number) => round(bytes / connections / 1_024);
    const figures = {
      connections,
      perDevice: system.connections,
      KiB: each(after.processes - before.processes),
      // The device's own end is not the system's.
      kernelKiB: each(((after.kernel - before.kernel) * (system.ends - 1)) / system.ends),
      residentMiB: Math.round(after.processes / 2 ** 20),
      parts: partsOf(before, after, each),
      openedPerSecond: Math.round(connections / seconds),
    };
    tell(JSON.stringify(figures));
    for (const device of [...opened, ...early]) device.close();
    return figures;
  },
};

const partsOf = (before: Memory, after: Memory, each: (bytes: number) => number) =>
  Object.fromEntries(Object.entries(after.parts).map(([name, bytes]) => [name, each(bytes - (before.parts[name] ?? 0))]));
