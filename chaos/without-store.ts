import type { Fault } from './faults.ts';
import type { Ledger } from './ledger.ts';

/** [D1] While it lasts the platform can not store anything, so it must not tick what is written then. */
export const withoutStore = <D extends Pick<Fault, 'harm' | 'heal'>>(ledger: Pick<Ledger, 'canNotStore' | 'canStore'>, deed: D): D => ({
  ...deed,
  async harm() {
    await deed.harm();
    ledger.canNotStore();
  },
  async heal() {
    ledger.canStore();
    await deed.heal();
  },
});
