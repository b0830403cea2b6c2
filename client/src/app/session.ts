import { RequestError } from '@parley/client-library';
import type { Me } from '@parley/common/contracts';
import { type Farewell, signedIn, signedOut, startFailed } from '../features/auth/session-slice.ts';
import { listKnown } from '../features/conversations/conversations-slice.ts';
import { draftsRestored } from '../features/messages/drafts-slice.ts';
import { profilesRestored } from '../features/people/people-slice.ts';
import type { Device } from './device.ts';
import { kept } from './kept.ts';
import { requestAsGuest } from './requests.ts';
import type { AppStore } from './store.ts';
import { forgotten } from './told.ts';

/** Who is signed in on this browser, from finding out to forgetting. */
export function createSession(store: AppStore, loadNewest: () => void) {
  /** Of whoever was signed in last: what is on the screen is drawn once more before it goes. */
  let device: Device | undefined;
  let me: Me | undefined;
  let present = false;
  /** Nobody comes in while what others left behind is being cleared away. */
  let sweeping: Promise<void> = Promise.resolve();
  /** Asked for here; that the server then closes the sockets is no news. */
  let leaving = false;
  /** What was asked for may have come to pass although its answer was lost: then the session is over all the same. */
  let ended = false;

  const begin = async (person: Me) => {
    me = person;
    present = true;
    kept.keepMe(person);
    store.dispatch(draftsRestored(kept.read(person.userId, 'drafts') ?? {}));
    store.dispatch(profilesRestored(kept.read(person.userId, 'profiles') ?? []));
    // Whoever is not signed in needs nothing of it.
    const { openDevice } = await import('./account.ts');
    await sweeping;
    device = await openDevice(person, store, () => {
      ended = leaving;
      if (!leaving) void leave('ended', { keepUnsent: true });
    });
    store.dispatch(signedIn(person));
    device.parley.start();
    // The list need not wait for the sockets; an empty one is news too.
    device.parley.list.read().then(
      () => store.dispatch(listKnown(undefined)),
      () => {},
    );
  };

  /** The next person on this browser finds nothing; what was never sent waits for its author alone. */
  const leave = async (farewell: Farewell | undefined, { keepUnsent }: { keepUnsent: boolean }) => {
    const left = device;
    if (!left || !me || !present) return;
    const { userId } = me;
    present = false;
    kept.keepMe(undefined);
    kept.forget(userId, { keepUnsent });
    store.dispatch(signedOut(farewell));
    store.dispatch(forgotten());
    sweeping = left
      .erase({ keepUnsent })
      .then(left.close)
      .catch(() => {});
    await sweeping;
  };

  const leaveAfter = async (request: () => Promise<unknown>, farewell: Farewell | undefined) => {
    leaving = true;
    ended = false;
    try {
      await request().catch((error: unknown) => {
        if (!ended) throw error;
      });
      await leave(farewell, { keepUnsent: false });
    } finally {
      leaving = false;
    }
  };

  const whoIsThere = async () => {
    try {
      return await requestAsGuest('get', '/api/auth/me', {});
    } catch (error) {
      if (error instanceof RequestError) return;
      throw error;
    }
  };

  kept.onMeChanged((current) => {
    // Another tab decided: this one begins anew as whoever that is, or as nobody.
    if (current?.userId !== (present ? me?.userId : undefined)) location.reload();
  });

  return {
    /** Known people see what they have at once, also without a network; whether the session still holds, the sockets find out. */
    async start() {
      const person = kept.me() ?? (await whoIsThere());
      if (person) await begin(person).catch(() => void store.dispatch(startFailed(undefined)));
      else store.dispatch(signedOut(undefined));
      sweeping = sweepAfter(person?.userId).catch(() => {});
    },
    begin,
    device: () => device,
    loadNewest,
    me: () => me,
    /** What was written here and has not reached the store. */
    unsent: () => device?.parley.outbox.entries().filter(({ command }) => command.type === 'send').length ?? 0,
    signOut: () => leaveAfter(() => requestAsGuest('post', '/api/auth/sign-out', {}), undefined),
    deleteAccount: (request: () => Promise<unknown>) => leaveAfter(request, 'deleted'),
  };
}

/** [D8] Whoever is not signed in loads nothing for it, unless something was left behind. */
async function sweepAfter(userId: string | undefined) {
  const left = (await indexedDB.databases?.()) ?? [];
  if (left.some(({ name }) => name !== `parley-${userId}`)) await (await import('./account.ts')).sweep(userId);
}

export type Session = ReturnType<typeof createSession>;
