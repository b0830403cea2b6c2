import { type EventName, exchangeOf } from '../contracts/index.ts';
import type { PublishOptions } from './bus.ts';

/** Where a fact goes: what is published to one place keeps its order. */
export type Place =
  /** To whoever hears the name. */
  | { readonly kind: 'open'; readonly id: string; readonly exchange: Exchange }
  | { readonly kind: 'shard'; readonly id: string; readonly exchange: Exchange; readonly shard: number; readonly address: string }
  | {
      readonly kind: 'pod';
      readonly id: string;
      readonly exchange: Exchange;
      readonly group: string;
      readonly pod: string;
      readonly address: string;
    }
  /** The dead letters of one queue. */
  | { readonly kind: 'dead'; readonly id: string; readonly exchange: 'dead-letters'; readonly address: string };

export const exchanges = ['user-events', 'message-events'] as const;
export type Exchange = (typeof exchanges)[number];

export const everyPod = 'every';

/** A name has two words, `<family>.<what happened>`. */
export const familyOf = (name: string) => name.slice(0, name.indexOf('.'));

export const shardId = (family: string, shard: number) => `${family} shard ${shard}`;

export function placesOf(name: EventName, to: PublishOptions['to']): Place[] {
  const exchange = exchangeOf(name);
  if (to === undefined) return [{ kind: 'open', id: exchange, exchange }];
  if ('shard' in to) {
    const address = String(to.shard);
    return [{ kind: 'shard', id: shardId(familyOf(name), to.shard), exchange, shard: to.shard, address }];
  }
  const pods = to.pods === 'every' ? [everyPod] : to.pods;
  return pods.map((pod) => {
    const address = `${to.group}.${pod}`;
    return { kind: 'pod', id: `${exchange} pod ${address}`, exchange, group: to.group, pod, address };
  });
}

/** Facts of several names may share one message to an address; open ones may not, for their hearers bind to names. */
export const mixedName = (one: string, other: string) => {
  if (one === other) return one;
  return familyOf(one) === familyOf(other) ? `${familyOf(one)}.mixed` : 'all.mixed';
};

export function routingKey(place: Place, name: string) {
  if (place.kind === 'open') return name;
  return place.kind === 'dead' ? place.address : `${name}.${place.address}`;
}

export const deadPlace = (queue: string): Place => ({ kind: 'dead', id: `dead ${queue}`, exchange: 'dead-letters', address: queue });

/** What leads from an exchange to a queue. */
export interface Binding {
  readonly exchange: Exchange;
  readonly key: string;
}

export const openBindings = (names: readonly EventName[]): Binding[] => names.map((name) => ({ exchange: exchangeOf(name), key: name }));

export function shardBindings(names: readonly EventName[], shard: number): Binding[] {
  const families = new Map(names.map((name) => [familyOf(name), exchangeOf(name)]));
  return [...families].map(([family, exchange]) => ({ exchange, key: `${family}.*.${shard}` }));
}

export function podBindings(names: readonly EventName[], group: string, pod: string): Binding[] {
  const addressed = exchanges.flatMap((exchange) => [pod, everyPod].map((one) => ({ exchange, key: `*.*.${group}.${one}` })));
  return [...openBindings(names), ...addressed];
}
