import type { Crowd, Device, Person } from './crowd.ts';

/** Pairs of people in a ring, some with two devices, one device that will be away for the whole run, and a stranger who listens. */
export async function gather(crowd: Crowd, pairs: number): Promise<{ readonly away: Device }> {
  const adas: Person[] = [];
  const bens: Person[] = [];
  for (let number = 1; number <= pairs; number++) {
    adas.push(await crowd.signUp(`Ada${number}`));
    bens.push(await crowd.signUp(`Ben${number}`));
  }
  for (const [one, other] of acquaintances(adas, bens)) crowd.acquaint(one, other);
  const labels = ['phone', 'laptop'];
  for (const [index, ada] of adas.entries()) for (const label of index % 2 === 0 ? labels : ['phone']) crowd.addDevice(ada, label);
  for (const [index, ben] of bens.entries()) for (const label of index % 3 === 2 ? labels : ['phone']) crowd.addDevice(ben, label);
  const stranger = crowd.addDevice(await crowd.signUp('Eve'), 'ear');
  const [first] = adas;
  if (!first) throw new Error('nobody is there');
  const away = crowd.addDevice(first, 'old tablet');
  for (const device of crowd.devices()) await device.start();
  // She may join any room that she can name, and hears nothing in it.
  for (const { me } of [...adas, ...bens]) stranger.parley?.join(me.userId);
  return { away };
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
