import { expect, test } from 'vitest';
import type { Fault } from './faults.ts';
import { createRandom } from './random.ts';
import { type Broken, carryOut, mayMeet, plan } from './schedule.ts';

const fault = (kind: string, target: string, more: Partial<Fault> = {}): Fault => ({
  ...{ kind, target, seconds: 5, harms: [target], needs: [], harm: async () => {}, heal: async () => {} },
  ...more,
});
const kinds = ['kill -9', 'stop', 'SIGSTOP', 'slow'];
const targets = ['messages-1', 'users-2', 'rabbitmq', 'postgres'];
const faults = kinds.flatMap((kind) =>
  targets.map((target) => fault(kind, target, target.includes('-') && kind !== 'SIGSTOP' ? { needs: ['postgres'] } : {})),
);
const seeds = Array.from({ length: 50 }, (_, seed) => seed);
const named = (rounds: ReturnType<typeof plan>) =>
  rounds.map(({ faults }) => faults.map(({ fault: { kind, target } }) => `${kind}: ${target}`));

test('every fault on every target has its turn, once, whatever the seed', () => {
  for (const seed of seeds) {
    const all = named(plan(faults, createRandom(seed), false)).flat();
    expect(all.toSorted()).toEqual(faults.map(({ kind, target }) => `${kind}: ${target}`).toSorted());
  }
});

test('a short plan has each kind twice, whatever the seed', () => {
  for (const seed of seeds) {
    const rounds = plan(faults, createRandom(seed), true);
    const chosen = rounds.flatMap((round) => round.faults.map((planned) => planned.fault.kind));
    for (const kind of kinds) expect(chosen.filter((one) => one === kind)).toHaveLength(2);
  }
});

test('what has to last is not shorter than that, and is for a full run', () => {
  const long = fault('SIGSTOP until it is forgotten', 'messages', { seconds: 40, least: 36 });
  for (const seed of seeds) {
    const lasting = plan([...faults, long], createRandom(seed), false)
      .flatMap((round) => round.faults)
      .find((planned) => planned.fault === long);
    expect(lasting?.seconds).toBeGreaterThanOrEqual(36);
    expect(named(plan([...faults, long], createRandom(seed), true)).flat()).not.toContain('SIGSTOP until it is forgotten: messages');
  }
});

test('the same seed plans the same, and another one something else', () => {
  const planned = (seed: number) =>
    plan(faults, createRandom(seed), false).map(({ after, faults: both }) => [after, ...both.map(({ at, seconds }) => [at, seconds])]);
  expect(planned(7)).toEqual(planned(7));
  expect(named(plan(faults, createRandom(7), false))).toEqual(named(plan(faults, createRandom(7), false)));
  expect(planned(7)).not.toEqual(planned(8));
});

test('what is left out changes nothing of all else, whatever the seed', () => {
  const when = (rounds: ReturnType<typeof plan>) =>
    rounds.flatMap(({ faults: both }) => both.map(({ fault: { kind, target }, at, seconds }) => ({ kind, target, at, seconds })));
  const isLeftOut = ({ kind, target }: Fault) => kind === 'slow' && target !== 'postgres';
  for (const seed of seeds) {
    const all = when(plan(faults, createRandom(seed), false));
    expect(when(plan(faults, createRandom(seed), false, isLeftOut))).toEqual(
      all.filter(({ kind, target }) => kind !== 'slow' || target === 'postgres'),
    );
    const short = when(plan(faults, createRandom(seed), true, isLeftOut));
    expect(short.flatMap(({ kind, target }) => (kind === 'slow' ? [target] : []))).toEqual(['postgres']);
  }
});

test('a second fault begins while the first lasts, and they may meet, whatever the seed', () => {
  for (const seed of seeds) {
    const two = plan(faults, createRandom(seed), false).filter((round) => round.faults.length > 1);
    expect(two).not.toEqual([]);
    for (const { faults: both } of two) {
      const [first, second, ...more] = both;
      if (!first || !second) throw new Error('there are not two');
      expect(more).toEqual([]);
      expect(second.at).toBeGreaterThan(0);
      expect(second.at).toBeLessThan(first.seconds);
      expect(mayMeet(first.fault, second.fault)).toBe(true);
    }
  }
});

test('two faults do not meet where the heal of one would be in the way of the other', () => {
  const [killed, frozen] = [fault('kill -9', 'messages-1', { needs: ['postgres'] }), fault('SIGSTOP', 'messages-1')];
  expect(mayMeet(killed, frozen)).toBe(false);
  expect(mayMeet(killed, fault('disk full', 'postgres'))).toBe(false);
  expect(mayMeet(fault('disk full', 'postgres'), killed)).toBe(false);
  expect(mayMeet(frozen, fault('disk full', 'postgres'))).toBe(true);
  expect(mayMeet(killed, fault('SIGSTOP', 'rabbitmq'))).toBe(true);
  const pair = fault('cut', 'messages to redis', { harms: ['messages-1 to redis', 'messages-2 to redis'] });
  expect(mayMeet(pair, fault('slow', 'messages-2 to redis'))).toBe(false);
  expect(mayMeet(pair, fault('slow', 'messages-2 to rabbitmq'))).toBe(true);
});

test('what is broken when the run is stopped is healed', async () => {
  const done: string[] = [];
  const frozen = fault('SIGSTOP', 'redis', { harm: async () => void done.push('harmed'), heal: async () => void done.push('healed') });
  const seconds = async (count: number) => {
    if (count > 1) throw new Error('stopped');
  };
  const rounds = [{ after: 1, faults: [{ fault: frozen, at: 0, seconds: 5 }] }];
  await expect(carryOut({ rounds, seconds, begins: () => {}, hush: () => {}, calm: async () => {} })).rejects.toThrow('stopped');
  expect(done).toEqual(['harmed', 'healed']);
});

test('what goes on beside a fault that can not be healed is healed before the run ends, and all that began is known', async () => {
  const healed: string[] = [];
  const begun: Broken[] = [];
  const stuck = fault('kill -9', 'messages-1', { heal: () => Promise.reject(new Error('it does not start')) });
  const beside = fault('SIGSTOP', 'rabbitmq', { heal: async () => void healed.push('rabbitmq') });
  const round = {
    after: 0,
    faults: [
      { fault: stuck, at: 0, seconds: 0 },
      { fault: beside, at: 0, seconds: 0 },
    ],
  };
  const seconds = async () => {};
  await expect(
    carryOut({ rounds: [round, round], seconds, begins: (broken) => begun.push(broken), hush: () => {}, calm: async () => {} }),
  ).rejects.toThrow('it does not start');
  expect(healed).toEqual(['rabbitmq']);
  expect(begun).toMatchObject([{ target: 'messages-1' }, { target: 'rabbitmq', during: 'kill -9: messages-1' }]);
  expect(begun[0]?.until).toBe(Number.POSITIVE_INFINITY);
});

test('before each calm, and in the end, some fall silent while something is broken', async () => {
  const done: string[] = [];
  const one = fault('SIGSTOP', 'redis', { harm: async () => void done.push('harmed'), heal: async () => void done.push('healed') });
  const rounds = Array.from({ length: 6 }, () => ({ after: 0, faults: [{ fault: one, at: 0, seconds: 5 }] }));
  const seconds = async () => {};
  await carryOut({ rounds, seconds, begins: () => {}, hush: () => done.push('hushed'), calm: async () => void done.push('calm') });
  const round = ['harmed', 'healed'];
  const last = ['harmed', 'hushed', 'healed'];
  expect(done).toEqual([...round, ...round, ...round, ...round, ...last, 'calm', ...last]);
});
