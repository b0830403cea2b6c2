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
/** Long enough for the platform to find out by itself that nobody is there. */
const AWAY_MS = { least: 45_000, most: 90_000 };

/** [D9] They vanish without a word, while whatever breaks that breaks just then, and come back as suddenly. */
export function startWandering(wanderers: readonly Wanderer[], random: Random) {
  /** And since when. */
  const gone = new Map<Person, number>();
  let held = false;
  const next = new Map(wanderers.map((wanderer) => [wanderer, Date.now() + random.between(STAYS_MS.least, STAYS_MS.most)]));

  // As in a tunnel: both ends think that they are connected, and nothing of what they say arrives, also later.
  const vanish = ({ device, wire }: Wanderer) => {
    gone.set(device.person, Date.now());
    wire.stall();
  };
  const comeBack = ({ device, wire }: Wanderer) => {
    gone.delete(device.person);
    wire.drop();
    wire.mend();
    // As a browser whose network is back.
    device.parley?.wake();
  };

  const timer = setInterval(() => {
    if (held) return;
    for (const [wanderer, at] of next) {
      if (Date.now() < at) continue;
      const isBack = gone.has(wanderer.device.person);
      const lasts = isBack ? STAYS_MS : AWAY_MS;
      next.set(wanderer, Date.now() + random.between(lasts.least, lasts.most));
      (isBack ? comeBack : vanish)(wanderer);
    }
  }, LOOK_MS);

  return {
    goneSince: (person: Person) => gone.get(person),
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
