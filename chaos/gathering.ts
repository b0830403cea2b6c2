import type { TcpProxy } from '@parley/common/testing';
import type { Crowd, Device, Person } from './crowd.ts';
import type { Wanderer } from './wandering.ts';

export interface Gathered {
  readonly stranger: Device;
  /** Stays away for the whole run. */
  readonly away: Device;
  readonly wanderers: readonly Wanderer[];
}

/** Pairs of people in a ring, some with two devices, one device that will be away for the whole run, and a stranger; each of the wires is somebody's own. */
export async function gather(crowd: Crowd, pairs: number, wires: readonly TcpProxy[]): Promise<Gathered> {
  const adas: Person[] = [];
  const bens: Person[] = [];
  for (let number = 1; number <= pairs; number++) {
    adas.push(await crowd.signUp(`Ada${number}`));
    bens.push(await crowd.signUp(`Ben${number}`));
  }
  for (const [one, other] of acquaintances(adas, bens)) crowd.acquaint(one, other);
  const wanderers = wires.slice(0, pairs - 1).map((wire, index) => {
    const device = crowd.addDevice(bens[index] as Person, 'train', { base: `http://127.0.0.1:${wire.port}` });
    return { device, wire };
  });
  for (const person of [...adas, ...bens]) if (person.devices.length === 0) crowd.addDevice(person, 'phone');
  for (const [index, ada] of adas.entries()) if (index % 2 === 0) crowd.addDevice(ada, 'laptop', { trusting: true });
  // Whoever vanishes does so as a whole: they have no other device.
  for (const [index, ben] of bens.entries()) if (index % 3 === 2 && index >= wanderers.length) crowd.addDevice(ben, 'laptop');
  const stranger = crowd.addDevice(await crowd.signUp('Eve'), 'ear', { approached: new Set() });
  const [first] = adas;
  if (!first) throw new Error('nobody is there');
  const away = crowd.addDevice(first, 'old tablet');
  for (const device of crowd.devices()) await device.start();
  // What is harmed are the wires that were used by now, which may not depend on what people choose to do first.
  await away.parley?.request('get', '/api/users', {});
  return { stranger, away, wanderers };
}

/**
 * Who talks with whom: everybody with one person, most also with one of the next pair, and a few with a third. What holds for one
 * conversation of a person must not hold only because there is no other.
 */
export function acquaintances<T>(adas: readonly T[], bens: readonly T[]): (readonly [T, T])[] {
  const next = (people: readonly T[], index: number) => people[(index + 1) % people.length] as T;
  const pairs = adas.map((ada, index) => [ada, bens[index] as T] as const);
  if (adas.length < 2) return pairs;
  const ring = bens.flatMap((ben, index) => (index % 3 < 2 ? [[ben, next(adas, index)] as const] : []));
  const thirds = adas.length > 2 ? adas.flatMap((ada, index) => (index % 4 === 0 ? [[ada, next(adas, index)] as const] : [])) : [];
  return [...pairs, ...ring, ...thirds];
}
