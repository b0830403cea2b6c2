import type { Membership, Registry } from '@parley/common/registry';
import type { NotificationDevice } from '../device.ts';
import type { Audience } from '../presence/audience.ts';

/** Who looks at Parley just now, in the registry: so that a pod that is gone looks no more. */
const LOOKING = 'notifications.looking';

export interface LookingOptions {
  readonly registry: Registry;
  readonly pod: string;
  readonly audience: Audience;
  readonly devicesOf: (userId: string) => readonly NotificationDevice[];
}

/** Who has a page in sight on some device, on any pod. Kept for those alone who have a browser to be notified otherwise. */
export async function openLooking({ registry, pod, audience, devicesOf }: LookingOptions) {
  const membership: Membership = await registry.join(LOOKING, pod, () => {});
  const told = new Set<string>();
  const looksHere = (userId: string) => devicesOf(userId).some(({ state }) => state.visible);
  return {
    looksHere,
    /** A device came, went, was hidden or shown; or the person began or ceased to want pushes. */
    changed(userId: string) {
      const looks = audience.of(userId)?.pushes === true && looksHere(userId);
      if (looks === told.has(userId)) return;
      if (looks) {
        told.add(userId);
        void membership.add(userId);
      } else {
        told.delete(userId);
        void membership.remove(userId);
      }
    },
    /** Those of these people who look, anywhere; undefined while nobody can tell. */
    async among(userIds: readonly string[]): Promise<ReadonlySet<string> | undefined> {
      const pods = await registry.podsOf(LOOKING, userIds);
      return pods === 'every' ? undefined : new Set(pods.keys());
    },
    [Symbol.asyncDispose]: () => membership[Symbol.asyncDispose](),
  };
}

export type Looking = Awaited<ReturnType<typeof openLooking>>;
