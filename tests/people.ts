import { randomBytes } from 'node:crypto';
import {
  createMemoryStore,
  createParley,
  type DeviceStore,
  newestStretch,
  type OpenSocket,
  type ParleyEvent,
} from '@parley/client-library';
import { createNodeSession, type NodeSession } from '@parley/client-library/node';
import type { Me } from '@parley/common/contracts';

export interface Person {
  readonly me: Me;
  readonly password: string;
  /** The cookies of one browser. */
  readonly session: NodeSession;
}

/** People with devices, at the front door of a platform. */
export function createPeople(url: string) {
  const devices = new AsyncDisposableStack();
  return {
    async signUp(name: string): Promise<Person> {
      const session = createNodeSession({ base: url });
      const userName = `${name.toLowerCase()}-${randomBytes(4).toString('hex')}`;
      const password = randomBytes(12).toString('hex');
      const me = await post<Me>(session, `${url}/api/auth/sign-up`, {
        userName,
        displayName: name,
        email: `${userName}@parley.test`,
        password,
      });
      return { me, password, session };
    },

    /** One more browser of a person, signed in for itself. */
    async signIn({ me, password }: Person): Promise<Person> {
      const session = createNodeSession({ base: url });
      return { me: await post<Me>(session, `${url}/api/auth/sign-in`, { login: me.userName, password }), password, session };
    },

    async device({ me, session }: Person, store: DeviceStore = createMemoryStore(), openSocket: OpenSocket = session.openSocket) {
      const events: ParleyEvent[] = [];
      const parley = await createParley({
        base: url,
        me,
        store,
        fetch: session.fetch,
        openSocket,
        onEvent: (event) => events.push(event),
      });
      devices.defer(() => parley.stop());
      parley.start();
      return {
        parley,
        store,
        events,
        /** The texts at the end of the conversation, in the order a person sees them. */
        texts: (peer: Person) => newestStretch(parley.conversations.get(peer.me.userId)).map(({ content }) => content?.text ?? null),
        held: (peer: Person) => parley.conversations.get(peer.me.userId),
        say: (peer: Person, text: string) => parley.send(peer.me.userId, { kind: 'text', text }),
      };
    },

    [Symbol.asyncDispose]: () => devices.disposeAsync(),
  };
}

export type Device = Awaited<ReturnType<ReturnType<typeof createPeople>['device']>>;

async function post<T>(session: NodeSession, url: string, body: object): Promise<T> {
  const response = await session.fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${JSON.stringify(answer)}`);
  return answer as T;
}
