import type { Membership, Registry } from '../registry/index.ts';
import { until } from './until.ts';

/** Two pods of one group, each in a process of its own, known to be complete; and the registry of a third, that only looks. */
export async function twoPods(open: () => Promise<Registry>, lost: (pod: string) => void = () => {}) {
  const processes = [await open(), await open(), await open()] as const;
  const join = (index: 0 | 1, pod: string) => processes[index].join('pods', pod, () => lost(pod), { keepsDepartures: true });
  const [one, two]: [Membership, Membership] = await Promise.all([join(0, 'one'), join(1, 'two')]);
  await until(() => one.known && two.known);
  return { one, two, registry: processes[2], processes };
}

/** What publishers would learn; throws while nobody can tell. */
export async function podsOf(registry: Registry, userIds: readonly string[]) {
  const pods = await registry.podsOf('pods', userIds);
  if (pods === 'every') throw new Error('nobody can tell');
  return Object.fromEntries([...pods].map(([userId, names]) => [userId, [...names].sort()]));
}
