import { PROTOCOL_FLOOR, PROTOCOL_VERSION } from '../contracts/index.ts';

export interface Negotiated {
  /** What is answered: a browser drops a connection whose offer was answered with nothing. */
  readonly subprotocol: string | undefined;
  /** `older`: reload, there is a newer client. `newer`: this pod is the old one, others may have been replaced already. */
  readonly outcome: 'served' | 'older' | 'newer';
}

/** Picks the newest version of `parley.<number>` that both sides speak. */
export function negotiate(offered: Iterable<string>): Negotiated {
  let first: string | undefined;
  let best = 0;
  let newer = false;
  for (const name of offered) {
    first ??= name;
    const version = Number(/^parley\.(\d{1,6})$/.exec(name)?.[1] ?? 0);
    if (version > PROTOCOL_VERSION) newer = true;
    else best = Math.max(best, version);
  }
  if (best >= PROTOCOL_FLOOR) return { subprotocol: `parley.${best}`, outcome: 'served' };
  return { subprotocol: first, outcome: newer ? 'newer' : 'older' };
}

/** The offers of a Sec-WebSocket-Protocol header. */
export const offersOf = (header: string | undefined): string[] =>
  (header ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
