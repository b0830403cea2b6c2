import { setTimeout } from 'node:timers/promises';
import { type Clock, type Logger, systemClock } from '@parley/common/server';
import type { DataFolder } from '../data-folder.ts';
import type { Page } from '../page.ts';
import { createCalendar } from './calendar.ts';
import { keepCompany } from './company.ts';
import { type DemoDevice, openDevice, post, signUp } from './device.ts';
import { entrance } from './entrance.ts';
import { playHistory } from './history.ts';
import { type DemoPerson, everybody, type UserName } from './people.ts';
import { drawPortrait } from './portrait.ts';
import { keepResidents, type Residents, residentsOf } from './settling.ts';
import { stories } from './stories/stories.ts';

export interface DemoOptions {
  readonly base: string;
  readonly folder: DataFolder;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly tell: (what: string) => void;
  readonly clock?: Clock;
}

const calendar = createCalendar();
/** What was said is said weeks ago: `messages` alone is told so, and only while it is said. */
export const clocks = { messages: calendar };

/** All of them have the same one: whoever may see the page of the demo may be any of them. */
const passwordOf = (folder: DataFolder) => folder.secret('demo');

/** The folder is a demo's from here on, before there is anything in it: one that was not finished is known for one. */
export function openEntrance(folder: DataFolder): Page {
  if (!residentsOf(folder)) keepResidents(folder, undefined);
  return entrance(passwordOf(folder));
}

/** Some people and what they said, the first time; after that those among them who are around, and answer. */
export async function openDemo(options: DemoOptions): Promise<AsyncDisposable> {
  const { base, folder, log, clock = systemClock } = options;
  const residents = residentsOf(folder) ?? (await settle(options));
  return keepCompany({ base, password: passwordOf(folder), residents, clock, log });
}

async function settle({ base, folder, signal, tell }: DemoOptions): Promise<Residents> {
  tell('making the people of the demo, and what they said (only the first time) …');
  const password = passwordOf(folder);
  const devices = new Map<UserName, DemoDevice>();
  await using closing = new AsyncDisposableStack();
  await Promise.all(
    everybody.map(async (person) => {
      const device = await moveIn(base, person, password);
      closing.defer(() => device.parley.stop());
      devices.set(person.userName as UserName, device);
    }),
  );
  await playHistory({ devices, stories, calendar, now: Date.now(), signal });
  await decide(devices);
  await Promise.all(Array.from(devices.values(), ({ session }) => post(session, `${base}/api/auth/sign-out`, {})));
  const residents = Object.fromEntries(Array.from(devices, ([name, { parley }]) => [name, parley.me.userId])) as Residents;
  keepResidents(folder, residents);
  return residents;
}

const PICTURE_TRIES = 20;

async function moveIn(base: string, person: DemoPerson, password: string): Promise<DemoDevice> {
  const { me, session } = await signUp(base, person, password);
  const device = await openDevice({ base, me, session });
  const picture = { method: 'PUT', headers: { 'content-type': 'image/png' }, body: drawPortrait(person.portrait) };
  for (let tries = 1; ; tries++) {
    const answer = await session.fetch(`${base}/api/users/me/picture`, picture);
    if (answer.ok) break;
    // A machine that is busy with the first start puts off what it can't do at once.
    if (answer.status !== 503 || tries === PICTURE_TRIES) throw new Error(`the picture was answered with ${answer.status}`);
    await setTimeout(1_000);
  }
  await device.parley.request('patch', '/api/users/me', { about: person.about });
  return device;
}

/** For ever, as far as a demo goes. */
const MUTED_UNTIL = '2099-01-01T00:00:00.000Z';

async function decide(devices: ReadonlyMap<UserName, DemoDevice>) {
  for (const { between, kept } of stories) {
    if (!kept) continue;
    const [mine, peer] = between.map((name) => devices.get(name) as DemoDevice) as [DemoDevice, DemoDevice];
    const { muted, ...settings } = kept;
    const given = { peerId: peer.parley.me.userId, ...settings, ...(muted && { mutedUntil: MUTED_UNTIL }) };
    await mine.parley.request('patch', '/api/messages/conversations/:peerId/settings', given);
  }
}
