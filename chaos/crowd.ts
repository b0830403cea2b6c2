import {
  createMemoryStore,
  createParley,
  type DeviceStore,
  type Entry,
  type OpenSocket,
  type Parley,
  type ParleyEvent,
  type Socket,
} from '@parley/client-library';
import { createNodeSession, type NodeSession } from '@parley/client-library/node';
import type { ChatDown, Me, NotificationDown, Presence } from '@parley/common/contracts';
import { conversationIdOf, uuidv7 } from '@parley/common/contracts';
import type { Decisions } from './decisions.ts';
import type { Ledger, Observer } from './ledger.ts';

export interface Person {
  readonly name: string;
  readonly me: Me;
  readonly session: NodeSession;
  readonly devices: Device[];
  readonly peers: Person[];
  /** With whom, by conversation. */
  readonly conversations: Map<string, string>;
}

/** A running client of somebody, and what it keeps when it is not running. */
export interface Device {
  readonly name: string;
  readonly person: Person;
  readonly observer: Observer;
  readonly store: DeviceStore;
  parley: Parley | undefined;
  /** What it last heard of who is online. */
  readonly presence: Map<string, Presence>;
  /** It believes what it hears: it neither reloads nor asks every minute whether it lacks something. */
  readonly trusting: boolean;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface DeviceOptions {
  /** Where it connects. */
  readonly base?: string;
  readonly trusting?: boolean;
  /** Of a stranger. */
  readonly approached?: Set<string>;
}

const SIGN_UP_MS = 15_000;
/** Longer than any run. */
const SELDOM_MS = 86_400_000;

export interface CrowdOptions {
  readonly ledger: Ledger;
  readonly decisions: Decisions;
  /** Where the next device connects. */
  readonly door: () => string;
  /** The origin that the platform allows. */
  readonly origin: string;
  readonly onFailure: (device: string, error: unknown) => void;
}

/** People with devices that use the same client library as the page. */
export function createCrowd({ ledger, decisions, door, origin, onFailure }: CrowdOptions) {
  const people: Person[] = [];

  const signUp = async (name: string): Promise<Person> => {
    const base = door();
    const session = createNodeSession({ base, origin });
    const userName = `${name}-${uuidv7().slice(-8)}`;
    const response = await session.fetch(`${base}/api/auth/sign-up`, {
      method: 'POST',
      signal: AbortSignal.timeout(SIGN_UP_MS),
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ userName, displayName: name, email: `${userName}@parley.test`, password: uuidv7() }),
    });
    if (!response.ok) throw new Error(`${name} could not sign up: ${await response.text()}`);
    const person: Person = { name, me: (await response.json()) as Me, session, devices: [], peers: [], conversations: new Map() };
    people.push(person);
    return person;
  };

  const addDevice = (person: Person, label: string, { base = door(), trusting = false, approached }: DeviceOptions = {}): Device => {
    // The cookies are the person's browser's, which may be renewed meanwhile; the way to the platform is this device's own.
    const session = createNodeSession({ base, origin, cookies: person.session.cookies });
    const observer: Observer = {
      name: `${person.name}'s ${label}`,
      userId: person.me.userId,
      peers: person.conversations,
      ...(approached && { approached }),
      shown: new Map(),
    };
    const presence = new Map<string, Presence>();
    const store = createMemoryStore();

    const onEvent = (event: ParleyEvent) => {
      if (event.kind === 'conversation') ledger.shows(observer, event.held);
      else if (event.kind === 'outbox') for (const [index, id] of event.clientIds.entries()) noteAnswer(id, event.entries[index]);
      else if (event.kind === 'list') ledger.gives(observer, 'its list', event.conversations);
      else if (event.kind === 'failure') onFailure(observer.name, event.error);
      else if (event.kind === 'session-ended') ledger.violate('never answered', `${observer.name} was signed out`);
      else if (event.kind === 'notification') {
        hearPresence(presence, observer, event.frame);
        if (event.frame.type === 'person') decisions.toldName(observer.name, { ...event.frame, ...event.frame.profile });
      }
    };
    const noteAnswer = (clientId: string, entry: Entry | undefined) => {
      if (!entry) ledger.answered(clientId);
      else if (entry.state === 'refused') ledger.refused(clientId, entry.code ?? 'unknown');
    };

    const device: Device = {
      name: observer.name,
      person,
      observer,
      store,
      parley: undefined,
      presence,
      trusting,
      async start() {
        if (device.parley) return;
        // What it was told in an earlier life says nothing of now.
        presence.clear();
        const openSocket = listening(session.openSocket, (frame) => ledger.hears(observer, frame));
        const parley = await createParley({
          ...{ base, me: person.me, store, fetch: session.fetch, openSocket, onEvent },
          ...(trusting && { compareEvery: SELDOM_MS }),
        });
        device.parley = parley;
        parley.start();
      },
      async stop() {
        const { parley } = device;
        device.parley = undefined;
        await parley?.stop();
      },
    };
    person.devices.push(device);
    return device;
  };

  return {
    people,
    signUp,
    addDevice,
    devices: () => people.flatMap(({ devices }) => devices),
    /** They may write to each other. */
    acquaint(one: Person, other: Person) {
      const conversationId = conversationIdOf(one.me.userId, other.me.userId);
      one.peers.push(other);
      other.peers.push(one);
      one.conversations.set(conversationId, other.me.userId);
      other.conversations.set(conversationId, one.me.userId);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(people.flatMap(({ devices }) => devices.map((device) => device.stop())));
    },
  };
}

export type Crowd = ReturnType<typeof createCrowd>;

/** Keeps what a device was told last of who is online, as a page does. */
export function hearPresence(presence: Map<string, Presence>, { peers }: Observer, frame: NotificationDown) {
  if (frame.type === 'presence-unknown') presence.clear();
  if (frame.type !== 'presence') return;
  if (frame.snapshot) {
    presence.clear();
    for (const userId of peers.values()) presence.set(userId, { userId, state: 'offline', lastSeenAt: null, number: 0 });
  }
  for (const told of frame.people) if (told.number >= (presence.get(told.userId)?.number ?? 0)) presence.set(told.userId, told);
}

/** Hears what comes over a socket before the client does. */
function listening(open: OpenSocket, hear: (frame: ChatDown | NotificationDown) => void): OpenSocket {
  return (path, protocol) => {
    const socket = open(path, protocol) as Socket & EventTarget;
    socket.addEventListener('message', (event) => {
      const parsed: unknown = JSON.parse(String((event as MessageEvent).data));
      for (const frame of Array.isArray(parsed) ? parsed : [parsed]) hear(frame as ChatDown | NotificationDown);
    });
    return socket;
  };
}
