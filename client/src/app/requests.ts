import { createRequests } from '@parley/client-library';

/** One refresh at a time for all tabs of this browser. A page that came over plain HTTP from another machine has no locks. */
export const exclusively = <T>(work: () => Promise<T>): Promise<T> =>
  navigator.locks ? (navigator.locks.request('parley-refresh', work) as Promise<T>) : work();

export const browser = { base: '', fetch: (...parameters: Parameters<typeof fetch>) => fetch(...parameters), exclusively };

/** For whoever is not signed in. */
export const { request: requestAsGuest } = createRequests(browser);

/** For somebody, whatever becomes of their device meanwhile. */
export const requestAs = (userId: string) => createRequests({ ...browser, userId }).request;
