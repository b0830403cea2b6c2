import { type EventName, ParleyError } from '../../contracts/index.ts';
import type { DeadLetter, Heard, Hearer, Hearing, PodHearing, ShardHearing } from '../bus.ts';
import { defaultBound, handlerPatience, hearerOf, laneOptions, type Means, podBound, within } from '../hearing.ts';
import { Lane, type Waiting } from '../lane.ts';
import { everyPod, familyOf, type Place, shardId } from '../place.ts';
import { unpackFact } from '../wire.ts';
import { MemoryQueue } from './memory-queue.ts';

interface Pod {
  readonly name: string;
  readonly names: ReadonlySet<string>;
  readonly lane: Lane<Waiting>;
  readonly onGap: () => void;
}
interface Shard {
  readonly names: ReadonlySet<string>;
  readonly queue: MemoryQueue;
}
interface Target {
  push(waiting: readonly Waiting[]): void;
}
type Bury = (queue: string, waiting: Waiting, reason: string) => Promise<void>;

/** What is handed over in memory: shards, whose safety is the client's outbox, and pods, which live no longer than this process. */
export class Transit {
  private readonly means: Means;
  private readonly bury: Bury;
  private readonly shardsByPlace = new Map<string, MemoryQueue>();
  private readonly shardsByName = new Map<string, Shard>();
  private readonly groups = new Map<string, Set<Pod>>();
  /** What is handed over at the end of this tick. */
  private tick = new Map<Target, Waiting[]>();
  private handedOver: Promise<void> = Promise.resolve();

  constructor(means: Means, bury: Bury) {
    this.means = means;
    this.bury = bury;
  }

  sendToShard(place: Place, fact: Heard): Promise<void> {
    const queue = this.shardsByPlace.get(place.id);
    if (queue?.takes(1 + (this.tick.get(queue)?.length ?? 0))) return this.atTickEnd(queue, { unpacked: { fact } });
    const code = queue ? 'bus-full' : 'bus-away';
    this.means.meters.refused(code);
    return Promise.reject(new ParleyError(code, { retryAfter: 1 }));
  }

  sendToPods(group: string, name: string, fact: Heard): Promise<void> {
    for (const pod of this.groups.get(group) ?? []) if (name === everyPod || pod.name === name) this.giveToPod(pod, fact);
    return this.handedOver;
  }

  /** Open facts go to every pod that named them. */
  sendToAll(fact: Heard) {
    for (const pods of this.groups.values()) for (const pod of pods) this.giveToPod(pod, fact);
  }

  hearShards(hearing: ShardHearing<EventName>): Hearer {
    const joined = Array.from({ length: hearing.shards }, (_, shard) => this.joinShard(hearing, shard));
    const lanes = joined.map(({ lane }) => lane);
    return hearerOf(lanes, async () => {
      await Promise.all(lanes.map((lane) => within(handlerPatience, lane.close(), this.means.clock)));
      for (const { queue, lane } of joined) queue.leave(lane);
    });
  }

  hearPod(hearing: PodHearing<EventName>): Hearer {
    const pods = this.groups.get(hearing.queue) ?? new Set<Pod>();
    this.groups.set(hearing.queue, pods);
    const lane = this.lane(hearing, `${hearing.queue}.pods`, () => {});
    const pod = { name: hearing.pod, names: new Set(hearing.names), lane, onGap: hearing.onGap };
    pods.add(pod);
    return hearerOf([lane], async () => {
      pods.delete(pod);
      await within(handlerPatience, lane.close(), this.means.clock);
    });
  }

  /** Dead letters on their second way; false when nobody is there to hear them. */
  sendAgain(name: string, letters: readonly DeadLetter[]): boolean {
    const shard = this.shardsByName.get(name);
    const pods = [...(this.groups.get(name.replace(/\.pods$/, '')) ?? [])];
    const targets: { names: ReadonlySet<string>; target: Target }[] = shard
      ? [{ names: shard.names, target: shard.queue }]
      : pods.map(({ names, lane }) => ({ names, target: lane }));
    for (const { names, target } of targets) {
      const facts = letters.map(({ body }) => unpackFact(body, names)).filter((unpacked) => unpacked !== undefined);
      target.push(facts.map((unpacked) => ({ unpacked })));
    }
    return targets.length > 0;
  }

  private joinShard(hearing: ShardHearing<EventName>, shard: number) {
    const name = `${hearing.queue}.shard.${shard}`;
    const queue = this.shardsByName.get(name)?.queue ?? new MemoryQueue(hearing.bound ?? defaultBound);
    this.shardsByName.set(name, { queue, names: new Set(hearing.names) });
    for (const family of new Set(hearing.names.map(familyOf))) this.shardsByPlace.set(shardId(family, shard), queue);
    const lane = this.lane(hearing, name, (over) => queue.done(over.length));
    queue.join(lane);
    return { queue, lane };
  }

  private lane(hearing: Hearing, queue: string, done: (over: readonly Waiting[]) => void): Lane<Waiting> {
    return new Lane({
      ...laneOptions(hearing, queue, this.means),
      done,
      bury: (waiting, reason) => this.bury(queue, waiting, reason),
    });
  }

  private giveToPod(pod: Pod, fact: Heard) {
    if (!pod.names.has(fact.name)) return;
    if (pod.lane.size >= podBound) {
      pod.lane.clear();
      pod.onGap();
    }
    void this.atTickEnd(pod.lane, { unpacked: { fact } });
  }

  private atTickEnd(target: Target, waiting: Waiting): Promise<void> {
    if (this.tick.size === 0) {
      this.handedOver = new Promise((resolve) => {
        setImmediate(() => {
          const { tick } = this;
          this.tick = new Map();
          for (const [to, all] of tick) to.push(all);
          resolve();
        });
      });
    }
    const all = this.tick.get(target);
    if (all) all.push(waiting);
    else this.tick.set(target, [waiting]);
    return this.handedOver;
  }
}
