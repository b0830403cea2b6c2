import type { Clock, Logger } from '@parley/common/server';
import { type Companion, openCompanion } from './companion.ts';
import { company } from './people.ts';
import type { Residents } from './settling.ts';

export interface CompanyOptions {
  readonly base: string;
  readonly password: string;
  readonly residents: Residents;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Who arrives first is there at once, the next so much later: a visitor sees people come online. */
const ARRIVE_EVERY_MS = 6_000;
/** One of them is never anywhere for long. */
const RESTLESS = 'leo';
const STAYS_MS = 90_000;
const IS_AWAY_MS = 60_000;

/** Has the people of the demo who are nobody's visitors come online, read, type and answer. Nobody waits for them. */
export function keepCompany({ clock, log, ...options }: CompanyOptions): AsyncDisposable {
  const leaving = new AbortController();
  const { signal } = leaving;

  const visit = async (person: (typeof company)[number]) => {
    await using companion: Companion = await openCompanion({ ...options, person, clock, signal });
    if (person.userName === RESTLESS) await clock.sleep(STAYS_MS, signal);
    else await companion.ended;
  };
  const come = async (person: (typeof company)[number], index: number) => {
    await clock.sleep(index * ARRIVE_EVERY_MS, signal);
    while (!signal.aborted) {
      await visit(person).catch((error: unknown) => log.warn({ error }, 'somebody of the demo could not come'));
      await clock.sleep(IS_AWAY_MS, signal);
    }
  };
  const there = Promise.all(company.map(come));
  return {
    async [Symbol.asyncDispose]() {
      leaving.abort();
      await there;
    },
  };
}
