import type { Bus } from '@parley/common/bus';
import {
  authRoutes,
  type CommandName,
  conversationIdOf,
  type EventData,
  type Fact,
  type Input,
  type OutcomeName,
  type Output,
  outcomeEvents,
  type Route,
  shardOf,
  type Update,
  updateFor,
  uuidv7,
} from '@parley/common/contracts';
import type { Ask, StartService } from '@parley/common/server';
import {
  call,
  type SignedIn,
  signedIn,
  TEST_ORIGIN,
  type TestPlatform,
  type TestPod,
  testKeys,
  testPlatform,
  until,
} from '@parley/common/testing';
import type { Config } from '../src/config.ts';
import { startMessages } from '../src/service.ts';

export const config: Config = { allowedOrigins: [TEST_ORIGIN], trustedProxies: [], shards: 2, readPool: 2, newConversations: 100 };

type Outcome = Fact<OutcomeName>;
const names = Object.keys(outcomeEvents) as OutcomeName[];
/** What auth says of accounts that nobody here has heard of. */
export type Accounts = (userIds: readonly string[]) => Promise<Output<typeof authRoutes.knownAccounts>>;
const groups = ['socket-handler', 'notifications'] as const;

/** The messages service with people known to it, and one pod of each kind that hears what it tells them. */
export interface Scene extends AsyncDisposable {
  readonly platform: TestPlatform;
  readonly pod: TestPod;
  readonly bus: Bus;
  readonly url: string;
  /** What the pods with devices were told, in order. */
  readonly heard: Record<(typeof groups)[number], Outcome[]>;
  /** Somebody registered, with a device on each pod. */
  arrive(): Promise<Person>;
  /** Somebody with a device on each pod, the news of whose registration has not arrived. */
  stranger(): Promise<Person>;
  database(): TestPod['world']['database'];
}

export interface Person extends SignedIn {
  ask<R extends Route>(route: R, input: Input<R>): Promise<Output<R>>;
  /** Gives a command and waits for what became of it: the outcome that answers it, or its refusal. */
  give<N extends CommandName>(name: N, peer: SignedIn, fields: Fields<N>): Promise<Answer>;
  send(peer: SignedIn, text: string, fields?: Partial<Fields<'message.sent'>>): Promise<Answer>;
  /** Gives it and does not wait. */
  publish<N extends CommandName>(name: N, peer: SignedIn, fields: Fields<N>): Promise<string>;
}

export type Fields<N extends CommandName> = Omit<EventData<N>, 'clientId' | 'conversationId' | 'senderId' | 'peerId' | 'deviceId'> & {
  clientId?: string;
};
export interface Answer {
  readonly clientId: string;
  readonly outcome: Outcome;
  readonly update: Update;
  readonly code?: string;
}

export async function openScene(
  overrides: Partial<Config> = {},
  start: StartService<Config> = startMessages,
  accounts: Accounts = async () => ({ known: [], gone: [] }),
): Promise<Scene> {
  const platform = testPlatform();
  try {
    return await begin(platform, overrides, start, askAuth(accounts));
  } catch (error) {
    await platform[Symbol.asyncDispose]();
    throw error;
  }
}

export const askAuth = (accounts: Accounts) =>
  (async (route: Route, input: never) =>
    route === authRoutes.knownAccounts ? accounts((input as { userIds: string[] }).userIds) : { keys: testKeys }) as Ask;

async function begin(platform: TestPlatform, overrides: Partial<Config>, start: StartService<Config>, ask: Ask): Promise<Scene> {
  const pod = await platform.start('messages', start, { ...config, ...overrides }, { ask });
  const { world } = await platform.world('socket-handler');
  const { bus, registry } = world;
  const heard: Scene['heard'] = { 'socket-handler': [], notifications: [] };
  const members = await Promise.all(
    groups.map(async (group) => {
      const name = `${group}-test`;
      const member = await registry.join(group, name, () => {});
      await bus.hear({
        kind: 'pod',
        queue: group,
        pod: name,
        names,
        handle: async (batch) => void heard[group].push(...(batch as Outcome[])),
        onGap: () => {},
      });
      return member;
    }),
  );
  const stranger = async () => {
    const person = signedIn();
    for (const member of members) await member.add(person.userId);
    return personOf(person, bus, pod.url, heard);
  };
  const arrive = async () => {
    const person = await stranger();
    await bus.publish('user.registered', {
      userId: person.userId,
      number: 1,
      userName: `user-${person.userId.slice(-8)}`,
      displayName: 'Somebody',
      at: new Date().toISOString(),
    });
    await until(async () => (await pod.world.database.query('SELECT FROM people WHERE user_id = $1', [person.userId])).rowCount === 1);
    return person;
  };
  return {
    platform,
    pod,
    bus,
    url: pod.url,
    heard,
    arrive,
    stranger,
    database: () => pod.world.database,
    [Symbol.asyncDispose]: () => platform[Symbol.asyncDispose](),
  };
}

function personOf(person: SignedIn, bus: Bus, url: string, heard: Scene['heard']): Person {
  const publish: Person['publish'] = async (name, peer, fields) => {
    const clientId = fields.clientId ?? uuidv7();
    const conversationId = conversationIdOf(person.userId, peer.userId);
    const data = { ...fields, clientId, conversationId, senderId: person.userId, peerId: peer.userId, deviceId: 'device' };
    await bus.publish(name, data as never, { to: { shard: shardOf(conversationId, config.shards) } });
    return clientId;
  };
  const give: Person['give'] = async (name, peer, fields) => {
    const since = { 'socket-handler': heard['socket-handler'].length, notifications: heard.notifications.length };
    const clientId = await publish(name, peer, fields);
    const answered = (group: keyof Scene['heard']) =>
      until(() => heard[group].slice(since[group]).find((one) => answers(one, clientId, person.userId)));
    const outcome = await answered('socket-handler');
    // On both ways, so that whoever listens from now on hears nothing of it. Refusals are no news.
    if (outcome.name !== 'message.refused') await answered('notifications');
    return {
      clientId,
      outcome,
      update: 'update' in outcome.data ? updateFor(outcome.data, person.userId) : (undefined as never),
      ...(outcome.name === 'message.refused' && { code: outcome.data.code }),
    };
  };
  return {
    ...person,
    publish,
    give,
    send: (peer, text, fields = {}) => give('message.sent', peer, { content: { kind: 'text', text }, replyTo: null, ...fields }),
    ask: (route, input) => call(url, route, input, { cookie: person.cookie }),
  };
}

function answers({ name, data }: Outcome, clientId: string, userId: string): boolean {
  if (name === 'message.refused') return data.clientId === clientId && data.senderId === userId;
  if (name === 'settings.changed') return false;
  const { messages, answers: done = [] } = updateFor(data, userId);
  return done.includes(clientId) || messages.some((message) => message.clientId === clientId && message.senderId === userId);
}
