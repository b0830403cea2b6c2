import { expect, test } from 'vitest';
import { asOrdinaryUser, waysFor } from './ordinary-user.ts';

const commandsFor = (owner: number | undefined) => waysFor(owner, 1).map((way) => way(['postgres'])[0]);

test('an ordinary user needs nothing', async () => {
  const asUser = await asOrdinaryUser('/bin/postgres', '/data', false);
  expect(asUser(['/bin/postgres', '-D', '/data'])).toEqual(['/bin/postgres', '-D', '/data']);
});

test('root makes a new cluster in a namespace, or without root where none is allowed', () => {
  expect(commandsFor(undefined)).toEqual(['unshare', 'setpriv']);
});

test('a cluster stays with whom it belongs to', () => {
  expect(commandsFor(0)).toEqual(['unshare']);
  expect(commandsFor(7)).toEqual(['setpriv']);
  expect(waysFor(7, 1)[0]?.(['postgres'])).toContain('--reuid=7');
});

test('root is told what to do where nothing works', async () => {
  await expect(asOrdinaryUser('/nowhere/postgres', '/nowhere', true)).rejects.toThrow(/ordinary user/);
});
