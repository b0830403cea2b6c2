import { expect, test } from 'vitest';
import { manualClock } from '../tests/manual-clock.ts';
import { createRequests, REQUEST_WITHIN_MS } from './requests.ts';

const request = (fetch: (signal: AbortSignal) => Promise<Response>) => {
  const clock = manualClock();
  const requests = createRequests({ base: '', clock, fetch: (_input, init) => fetch(init?.signal as AbortSignal) });
  return { clock, answer: requests.request('get', '/api/auth/me', {}) };
};
const broken = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));

test('[D7] over a link that died without a word nothing waits for ever', async () => {
  const { clock, answer } = request(broken);
  clock.advance(REQUEST_WITHIN_MS);
  await expect(answer).rejects.toMatchObject({ code: 'offline', retryable: true });
});

test('[D7] nor does it over one that died in the middle of an answer', async () => {
  let begun = () => {};
  const beginning = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const { clock, answer } = request(async (signal) => {
    begun();
    const body = new ReadableStream({ start: (stream) => signal.addEventListener('abort', () => stream.error(signal.reason)) });
    return new Response(body, { headers: { 'content-type': 'application/json' } });
  });
  await beginning;
  clock.advance(REQUEST_WITHIN_MS);
  await expect(answer).rejects.toMatchObject({ code: 'offline', retryable: true });
});

test('an answer in time leaves no timer behind', async () => {
  const { clock, answer } = request(async () => Response.json({ userName: 'ada' }));
  expect(await answer).toEqual({ userName: 'ada' });
  expect(clock.waiting).toBe(0);
});
