import type { Message, Presence } from '@parley/common/contracts';
import { conversationIdOf } from '@parley/common/contracts';
import { expect, test } from 'vitest';
import { createPresenceJudge, judgeLate, LATE_MS, PRESENCE_MS, SILENCE_MS, waitingSince } from './calm.ts';
import type { Device, Person } from './crowd.ts';
import { createLedger } from './ledger.ts';

test('[D7] what a running device wrote before the calm and is not answered in time is seen', () => {
  let time = 0;
  const ledger = createLedger({ now: () => time });
  ledger.wrote("Ada's phone", 'conversation', 'before', 'one 1');
  ledger.wrote("Eve's ear", 'conversation', 'of one who is away', 'two 2');
  time = 100;
  ledger.wrote("Ada's phone", 'conversation', 'in the calm', 'three 3');
  const waiting = waitingSince(ledger.attempts.values(), 50, (device) => device.startsWith('Ada'));
  expect(waiting.map(({ clientId }) => clientId)).toEqual(['before']);
  judgeLate(ledger, waiting, LATE_MS - 1);
  expect(ledger.violations).toEqual([]);
  judgeLate(ledger, waiting, LATE_MS);
  expect(ledger.violations.map(({ kind }) => kind)).toEqual(['too late']);
});

test('[D9] a wrong word about somebody is seen when it stands for too long while both are connected', () => {
  const ledger = createLedger();
  const person = (name: string) => ({ name, me: { userId: name }, devices: [] as Device[], peers: [] as Person[] }) as unknown as Person;
  const [ada, ben] = [person('ada'), person('ben')];
  ada.peers.push(ben);
  const connection = { at: 'open' };
  const device = (of: Person) => ({
    name: `${of.name}'s phone`,
    person: of,
    presence: new Map(),
    parley: { notifications: { state: connection } },
  });
  const phone = device(ada) as unknown as Device;
  ben.devices.push(device(ben) as unknown as Device);
  let gone: number | undefined;
  const judge = createPresenceJudge({ ledger, goneSince: ({ name }) => (name === 'ben' ? gone : undefined) });
  const look = (now: number) => [judge.look([phone], now), ledger.violations.length];
  expect(look(0)).toEqual([0, 0]);
  const talk = conversationIdOf('ada', 'ben');
  ledger.wrote(phone.name, talk, 'one', 'one 1');
  expect(look(0)).toEqual([0, 0]);
  ledger.finds({ name: phone.name, userId: 'ada', peers: new Map([[talk, 'ben']]), shown: new Map() }, [
    { conversationId: talk, message: { seq: 1, id: '1', clientId: 'one', senderId: 'ada' } as Message },
  ]);
  expect(look(0)).toEqual([1, 0]);
  phone.presence.set('ben', { userId: 'ben', state: 'online', lastSeenAt: null, number: 1 } satisfies Presence);
  expect(look(PRESENCE_MS)).toEqual([0, 0]);
  gone = PRESENCE_MS - SILENCE_MS + 1;
  expect(look(PRESENCE_MS)).toEqual([0, 0]);
  gone = PRESENCE_MS - SILENCE_MS;
  expect(look(PRESENCE_MS)).toEqual([1, 0]);
  connection.at = 'waiting';
  expect(look(2 * PRESENCE_MS)).toEqual([0, 0]);
  connection.at = 'open';
  expect(look(2 * PRESENCE_MS)).toEqual([1, 0]);
  expect(look(3 * PRESENCE_MS - 1)).toEqual([1, 0]);
  expect(look(3 * PRESENCE_MS)).toEqual([0, 1]);
  expect(ledger.violations.map(({ kind, what }) => `${kind}: ${what}`)).toEqual([
    "presence wrong: ada's phone is told that ben is online, who is offline for 15 s in which nothing is broken",
  ]);
});
