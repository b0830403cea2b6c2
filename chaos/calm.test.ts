import type { Message, Presence } from '@parley/common/contracts';
import { conversationIdOf } from '@parley/common/contracts';
import { expect, test } from 'vitest';
import { createPresenceJudge, judgeLate, keepCalm, LATE_MS, PRESENCE_MS, SILENCE_MS, waitingSince } from './calm.ts';
import type { Device, Person } from './crowd.ts';
import { createLedger } from './ledger.ts';

const device = (name: string) => ({ name }) as Device;

test('[D7] what a running device wrote or did before the calm and is not answered is seen', () => {
  let time = 0;
  const ledger = createLedger({ now: () => time });
  const asks = (clientId: string) =>
    ledger.asks({
      ...{ clientId, device: "Ada's phone", userId: 'ada', conversationId: 'conversation', seq: 1 },
      ...{ change: { type: 'edit', text: 'two 2, edited' } as const, askedAt: time },
    });
  ledger.wrote("Ada's phone", 'conversation', 'before', 'one 1');
  ledger.wrote("Eve's ear", 'conversation', 'of one who is away', 'two 2');
  asks('answered');
  asks('not answered');
  ledger.answered('answered');
  time = 100;
  ledger.wrote("Ada's phone", 'conversation', 'in the calm', 'three 3');
  asks('asked in the calm');
  judgeLate(ledger, waitingSince(ledger, 50, [device("Ada's phone")]));
  expect(ledger.violations.map(({ kind, what }) => `${kind}: ${what}`)).toEqual([
    "too late: Ada's phone waits for the tick of before 45 s after the last fault",
    "too late: Ada's phone waits for the answer to edit not answered 45 s after the last fault",
  ]);
});

test('a calm ends when all is right and stays so, and tells what is late only when it has lasted for as long as it may', async () => {
  let time = 0;
  const ledger = createLedger({ now: () => time });
  ledger.wrote("Ada's phone", 'conversation', 'before', 'one 1');
  time = 100;
  const person = { name: 'ada', me: { userId: 'ada' }, peers: [], conversations: new Map() };
  const phone = {
    name: "Ada's phone",
    person,
    parley: { notifications: { state: {} }, conversations: { all: () => [] }, list: { all: () => [] } },
  } as unknown as Device;
  const calm = async (answeredAt: number) => {
    const begun = time;
    await keepCalm({
      ...{ ledger, devices: () => [phone], silent: new Set<string>(), goneSince: () => undefined, now: () => time },
      async until(milliseconds, isSo) {
        for (const end = time + milliseconds; time < end; time += 1_000) {
          if (time >= begun + answeredAt) ledger.refused('before', 'answered at last');
          if (await isSo()) return;
        }
      },
    });
    return time - begun;
  };
  expect(await calm(Number.POSITIVE_INFINITY)).toBe(LATE_MS);
  expect(ledger.violations.map(({ kind }) => kind)).toEqual(['too late']);
  expect(await calm(10_000)).toBe(15_000);
  expect(ledger.violations).toHaveLength(1);
});

test('[D9] a wrong word about somebody is seen when it stands for too long while both are connected', () => {
  const ledger = createLedger();
  const person = (name: string) => ({ name, me: { userId: name }, devices: [] as Device[], peers: [] as Person[] }) as unknown as Person;
  const [ada, ben] = [person('ada'), person('ben')];
  ada.peers.push(ben);
  const connection = { at: 'open' };
  const phoneOf = (of: Person) => ({
    name: `${of.name}'s phone`,
    person: of,
    presence: new Map(),
    parley: { notifications: { state: connection } },
  });
  const phone = phoneOf(ada) as unknown as Device;
  ben.devices.push(phoneOf(ben) as unknown as Device);
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
  gone = 2 * PRESENCE_MS - SILENCE_MS + 1;
  expect(look(PRESENCE_MS)).toEqual([0, 0]);
  gone = 2 * PRESENCE_MS - SILENCE_MS;
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
