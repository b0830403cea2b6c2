import type { Me } from '@parley/common/contracts';
import { limits } from '@parley/common/contracts/limits';
import { createBriefing } from './briefing.ts';
import { type Clock, systemClock } from './clock.ts';
import { createCommands } from './commands.ts';
import { type ComparisonOptions, createComparison, inTurns } from './comparison.ts';
import type { OpenSocket } from './connection.ts';
import { unsavedBefore } from './conversation.ts';
import { createConversations } from './conversations.ts';
import { createFinding } from './finding.ts';
import { createFollowing } from './following.ts';
import { createHearing } from './hearing.ts';
import { createList } from './list.ts';
import { createOutbox } from './outbox.ts';
import type { ParleyEvent } from './parley-event.ts';
import { createReceipts } from './receipts.ts';
import { createRequests, type RequestOptions } from './requests.ts';
import { createSockets } from './sockets.ts';
import type { DeviceStore, HeldHeader } from './storage/device-store.ts';
import { alone, type Heard, type Tabs, type Up } from './tabs.ts';
import { createWatching } from './watching.ts';

export interface ParleyOptions extends Omit<RequestOptions, 'onSessionEnd'>, Pick<ComparisonOptions, 'compareEvery'> {
  readonly me: Me;
  readonly openSocket: OpenSocket;
  readonly store: DeviceStore;
  /** The tabs of this browser that share the store. */
  readonly tabs?: Tabs;
  /** Whether somebody can see this page: while nobody can see any, the server notifies closed browsers. */
  readonly isVisible?: () => boolean;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly onEvent?: (event: ParleyEvent) => void;
}

/**
 * One device of one person. It keeps D1–D6 on this side of the wire: what is written is kept until it is stored, what
 * comes is saved before it is shown or acknowledged, and what is missing is noticed and fetched. Where several tabs
 * share the device, one of them speaks with the server, and all of them write, read the store and hear of what it hears.
 */
export async function createParley(options: ParleyOptions) {
  const { me, store, clock = systemClock, random = Math.random, onEvent = () => {}, tabs = alone(), isVisible = () => true } = options;
  const kept = await store.load();
  let stopped = false;
  /** This tab has the sockets. */
  let leads = false;
  const briefing = createBriefing();
  const watching = createWatching();
  const ending = new AbortController();

  /** [D8] Whoever signs in next on this browser has the same cookies: nothing of theirs may come in, nothing of mine go out. */
  const endSession = () => {
    if (stopped) return;
    halt();
    onEvent({ kind: 'session-ended' });
  };
  const halt = () => {
    stopped = true;
    leads = false;
    ending.abort();
    rest();
    tabs.say({ kind: 'gone' });
    tabs.stop();
  };
  const rest = () => {
    comparison.stop();
    receipts.stop();
    outbox.disconnected();
    chat.stop();
    notifications.stop();
  };
  const fail = (error: unknown) => {
    if (!stopped) onEvent({ kind: 'failure', error });
  };
  /** To this tab and, when it speaks for all of them, to the others. */
  const tell = (event: Heard) => {
    onEvent(event);
    if (!leads) return;
    briefing.take(event);
    tabs.say({ kind: 'heard', event });
  };
  const { request, refresh } = createRequests({ ...options, userId: me.userId, signal: ending.signal, onSessionEnd: endSession });

  const receipts = createReceipts({ clock, send: (frames) => chat.send(...frames) });
  const conversations = createConversations({
    userId: me.userId,
    request,
    store,
    clock,
    onFailure: fail,
    onHeld: (held) => onEvent({ kind: 'conversation', held }),
    onSaved(header, rows, update) {
      tabs.say({ kind: 'saved', header, update });
      // Settled only once it is held, so that a message is on the screen at every moment, as a bubble or as a row.
      outbox.settle(rows.filter(({ senderId }) => senderId === me.userId).map(({ clientId }) => clientId));
      void acknowledge(header);
    },
  });
  conversations.restore(kept.held);
  const list = createList({
    request,
    store,
    known: kept.list,
    onFailure: fail,
    onChange: (changed) => tell({ kind: 'list', conversations: changed }),
  });
  const outbox = createOutbox({
    store,
    clock,
    random,
    entries: kept.entries,
    onStoreFailure: fail,
    onWritten: (entries) => leads || tabs.say({ kind: 'written', entries }),
    onChange(clientIds) {
      const change = { kind: 'outbox', clientIds, entries: clientIds.map((id) => outbox.entry(id)) } as const;
      // What is not safe yet would go with this tab: to the others it is said once they could send it.
      (change.entries.some((entry) => entry?.state === 'saving') ? onEvent : tell)(change);
    },
  });

  /** [D6] Delivered is what is saved here without a hole; what lies between is fetched first. */
  const acknowledge = async (saved: HeldHeader) => {
    if (!leads) return;
    const mark = saved.marks[me.userId]?.delivered ?? 0;
    receipts.answered(saved.peerId, mark);
    const missing = unsavedBefore(saved, mark);
    if (missing !== undefined) return void (await conversations.read(saved.peerId, { before: missing }, limits.page).catch(fail));
    if (saved.lastPeerSeq > mark) receipts.saved(saved.peerId, saved.lastPeerSeq);
  };

  const { onChat, onNotification } = createHearing({
    me,
    list,
    conversations,
    outbox,
    clock,
    random,
    tell,
    fail,
    compare: (by) => comparison.compare(by),
    chat: () => chat,
    isStopped: () => stopped,
  });

  const comparison = createComparison({
    clock,
    random,
    compareEvery: options.compareEvery,
    onFailure: fail,
    async compare(by) {
      const current = by === 'list' || (await list.isBehind()) ? await list.read() : list.all();
      const whole = await inTurns(current, (conversation) => conversations.see(conversation.peerId, conversation));
      return (await inTurns(conversations.headers(), acknowledge)) && whole;
    },
  });

  const joinRooms = () => {
    const peers = list.all().filter(({ settings }) => !settings.blocked);
    chat.send(...peers.slice(0, limits.roomsPerDevice).map(({ peerId }) => ({ type: 'join', peer: peerId }) as const));
  };

  const { chat, notifications } = createSockets({
    userId: me.userId,
    open: options.openSocket,
    clock,
    random,
    onChat,
    onNotification,
    onHello(socket, serverTime) {
      tell({ kind: 'clock', serverTime, heardAt: clock.now() });
      if (socket === 'chat') {
        outbox.connected((frames) => chat.send(...frames));
        joinRooms();
      } else {
        // A new socket knows of neither: the one before may have moved without anybody seeing it.
        notifications.send(watching.all());
        if (!isVisible()) notifications.send({ type: 'visible', visible: false });
      }
    },
    onReturn: () => void comparison.compare('list'),
    onState(socket, state) {
      tell({ kind: 'connection', socket, state });
      if (socket === 'chat' && state.at !== 'open') outbox.disconnected();
    },
    onEnd: endSession,
    // A browser does not show why an upgrade was refused; HTTP does, and renews the session on the way.
    prepare: async () => void (await request('get', '/api/auth/me', {})),
  });

  /** Up to the server, by whichever tab speaks with it. */
  const up = (said: Up, from = 'here') => {
    if (!leads) return tabs.say({ kind: 'up', up: said });
    if (said.socket === 'chat') return chat.send(said.frame);
    watching.take(from, said.frame);
    notifications.send(watching.all());
  };
  const wake = () => {
    if (!leads) return tabs.say({ kind: 'wake' });
    chat.hurry();
    notifications.hurry();
    void comparison.compare();
  };

  /** [D7] What the tab before has left behind in the store is this one's to send. */
  const lead = async () => {
    leads = true;
    comparison.start();
    if (tabs.shared) {
      const { held, entries } = await store.load();
      if (!leads) return;
      conversations.restore(held);
      await outbox.adopt(entries);
    }
    if (!leads) return;
    chat.start();
    notifications.start();
  };
  const onTurn = (owns: boolean) => {
    if (stopped) return;
    if (owns) return void lead().catch(fail);
    leads = false;
    rest();
    tabs.say({ kind: 'new' });
  };

  const onSaid = createFollowing({
    conversations,
    list,
    outbox,
    store,
    briefing,
    watching,
    up,
    wake,
    fail,
    tell: onEvent,
    say: tabs.say,
    leads: () => leads,
  });

  return {
    me,
    request,
    refresh,
    list,
    conversations,
    outbox: {
      write: outbox.write,
      entries: outbox.entries,
      entry: outbox.entry,
      retry: outbox.retry,
      dismiss(clientId: string) {
        outbox.dismiss(clientId);
        tabs.say({ kind: 'dismissed', clientId });
      },
    },
    chat,
    notifications,
    ...createCommands(outbox, clock),
    join: (peerId: string) => up({ socket: 'chat', frame: { type: 'join', peer: peerId } }),
    typing: (to: string, active: boolean) => up({ socket: 'chat', frame: { type: 'typing', to, active } }),
    /** Whom this tab has on its screen; `people`: its list of people is open. */
    watch: (userIds: string[], people: boolean) => up({ socket: 'notifications', frame: { type: 'watch', userIds, people } }),
    findKept: createFinding(me.userId, store, conversations),
    compare: comparison.compare,
    /** The page became visible or the network returned. */
    wake,
    /** The page came into sight, or went out of it; of several tabs the one in sight has the sockets. */
    sighted: () => void (leads && notifications.send({ type: 'visible', visible: isVisible() })),

    start() {
      tabs.start({ onTurn, onSaid: (said, from) => stopped || onSaid(said, from) });
      if (!tabs.owns) tabs.say({ kind: 'new' });
    },
    /** This tab is about to go: what it wrote and told nobody is for the others to send. */
    leave: () => tabs.say({ kind: 'gone' }),
    /** Ends everything that runs; what is unanswered stays kept for the next start. */
    async stop() {
      if (!stopped) halt();
      await conversations.saved();
    },
  };
}

export type Parley = Awaited<ReturnType<typeof createParley>>;
