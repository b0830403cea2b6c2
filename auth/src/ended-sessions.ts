import type { Cache } from '@parley/common/cache';
import { ACCESS_TOKEN_SECONDS, endedKey } from '@parley/common/server';

/** A little longer than their last access token can live. */
const REMEMBERED_SECONDS = ACCESS_TOKEN_SECONDS + 60;

/** For pods that start later and could not hear of it. */
export async function rememberEnded(cache: Cache, sessionIds: readonly string[]): Promise<void> {
  await Promise.all(sessionIds.map((id) => cache.set(endedKey(id), '1', REMEMBERED_SECONDS)));
}
