import type { TcpProxy } from '@parley/common/testing';
import type { Device, Person } from './crowd.ts';
import type { Random } from './random.ts';

/** Somebody with one device, and the wire that it alone is connected by. */
export interface Wanderer {
  readonly device: Device;
  readonly wire: TcpProxy;
}

const LOOK_MS = 100;
const STAYS_MS = { least: 2_000, most: 20_000 };

/** [D9] They vanish without a word, while whatever breaks that breaks just then, and come back as suddenly. */
export function startWandering(wanderers: readonly Wanderer[], random: Random) {
  const gone = new Set<Person>();
  let held = false;
  const next = new Map(wanderers.map((wanderer) => [wanderer, Date.now() + random.between(STAYS_MS.least, STAYS_MS.most)]));

  const vanish = ({ device, wire }: Wanderer) => {
    gone.add(device.person);
    wire.cut();
  };
  const comeBack = ({ device, wire }: Wanderer) => {
    gone.delete(device.person);
    wire.mend();
    // As a browser whose network is back.
    device.parley?.wake();
  };

  const timer = setInterval(() => {
    if (held) return;
    for (const [wanderer, at] of next) {
      if (Date.now() < at) continue;
      next.set(wanderer, Date.now() + random.between(STAYS_MS.least, STAYS_MS.most));
      (gone.has(wanderer.device.person) ? comeBack : vanish)(wanderer);
    }
  }, LOOK_MS);

  return {
    isGone: (person: Person) => gone.has(person),
    /** Whoever is gone stays gone until it is over. */
    hold(until: boolean) {
      held = until;
    },
    stop() {
      clearInterval(timer);
      for (const wanderer of wanderers) if (gone.has(wanderer.device.person)) comeBack(wanderer);
    },
  };
}

export type Wandering = ReturnType<typeof startWandering>;
