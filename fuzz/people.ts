import { createNodeSession } from '@parley/client-library/node';
import { type Me, uuidv7 } from '@parley/common/contracts';

/** Somebody with an account who means no good. */
export interface Stranger {
  readonly me: Me;
  /** Their cookies, as a header. */
  session: string;
  /** What they did ended their session: they sign in again before they go on. */
  stale: boolean;
}

/** Access tokens live for ten minutes. */
const RENEW_MS = 5 * 60_000;

/** A crowd of them, who come back whatever they did to their own accounts. */
export async function gather(url: string, size: number) {
  const strangers: Stranger[] = [];
  const since = new Map<Stranger, number>();
  const arrive = async (): Promise<Stranger> => {
    const session = createNodeSession({ base: url });
    const userName = `h${uuidv7().replaceAll('-', '').slice(-24)}`;
    const response = await session.fetch(`${url}/api/auth/sign-up`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ userName, displayName: userName, email: `${userName}@parley.test`, password: uuidv7() }),
    });
    if (!response.ok) throw new Error(`nobody could sign up: ${response.status} ${await response.text()}`);
    const cookies = [...session.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const stranger = { me: (await response.json()) as Me, session: cookies, stale: false };
    since.set(stranger, performance.now());
    return stranger;
  };
  while (strangers.length < size) strangers.push(await arrive());
  return {
    ids: strangers.map(({ me }) => me.userId),
    at: (place: number) => strangers[place % size] as Stranger,
    /** Another account in the place of one whose session is over; the first ones stay those who are written to. */
    async renew() {
      for (const [place, stranger] of strangers.entries()) {
        if (!stranger.stale && performance.now() - (since.get(stranger) ?? 0) < RENEW_MS) continue;
        since.delete(stranger);
        strangers[place] = await arrive();
      }
    },
  };
}

export type Strangers = Awaited<ReturnType<typeof gather>>;
