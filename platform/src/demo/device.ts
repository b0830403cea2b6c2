import { createMemoryStore, createParley, type Parley, type ParleyEvent } from '@parley/client-library';
import { createNodeSession, type NodeSession } from '@parley/client-library/node';
import type { Me } from '@parley/common/contracts';

/** One device of somebody in the demo, at the front door like everybody else's. */
export interface DemoDevice {
  readonly parley: Parley;
  readonly session: NodeSession;
  /** Resolves when the store has answered this command, and fails when it was refused. */
  answered(clientId: string): Promise<void>;
}

export interface DeviceOptions {
  readonly base: string;
  readonly me: Me;
  readonly session: NodeSession;
  readonly onEvent?: (event: ParleyEvent) => void;
}

export async function openDevice({ base, me, session, onEvent }: DeviceOptions): Promise<DemoDevice> {
  const waiting = new Map<string, PromiseWithResolvers<void>>();
  const settle = ({ clientIds, entries }: Extract<ParleyEvent, { kind: 'outbox' }>) => {
    for (const [index, clientId] of clientIds.entries()) {
      const entry = entries[index];
      if (!entry) waiting.get(clientId)?.resolve();
      else if (entry.state === 'refused') waiting.get(clientId)?.reject(new Error(`${entry.command.type} was refused: ${entry.code}`));
      else continue;
      waiting.delete(clientId);
    }
  };
  const parley = await createParley({
    base,
    me,
    store: createMemoryStore(),
    ...session,
    onEvent(event) {
      if (event.kind === 'outbox') settle(event);
      onEvent?.(event);
    },
  });
  parley.start();
  return {
    parley,
    session,
    async answered(clientId) {
      if (!parley.outbox.entry(clientId)) return;
      const answer = waiting.get(clientId) ?? Promise.withResolvers<void>();
      waiting.set(clientId, answer);
      await answer.promise;
    },
  };
}

export async function post<T>(session: NodeSession, url: string, body: object): Promise<T> {
  const response = await session.fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer: unknown = response.status === 204 ? undefined : await response.json();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${JSON.stringify(answer)}`);
  return answer as T;
}

/** Comes in by the ordinary door, with the password. */
export async function signIn(base: string, login: string, password: string): Promise<{ me: Me; session: NodeSession }> {
  const session = createNodeSession({ base });
  const me = await post<Me>(session, `${base}/api/auth/sign-in`, { login, password, deviceName: 'Harbour Radio' });
  return { me, session };
}

export async function signUp(
  base: string,
  { userName, displayName }: { userName: string; displayName: string },
  password: string,
): Promise<{ me: Me; session: NodeSession }> {
  const session = createNodeSession({ base });
  const email = `${userName}@harbour.example`;
  return { me: await post<Me>(session, `${base}/api/auth/sign-up`, { userName, displayName, email, password }), session };
}
