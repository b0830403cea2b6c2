import { type Held, newestStretch, type ParleyEvent } from '@parley/client-library';
import { limits } from '@parley/common/contracts/limits';
import type { Clock } from '@parley/common/server';
import { type DemoDevice, openDevice, signIn } from './device.ts';
import { type company, visited } from './people.ts';
import { answerTo, deservesOnlyReaction, manners, type Opener } from './phrases.ts';
import type { Residents } from './settling.ts';

export interface CompanionOptions {
  readonly base: string;
  readonly password: string;
  readonly residents: Residents;
  readonly person: (typeof company)[number];
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export interface Companion extends AsyncDisposable {
  /** Resolves when there is nothing more to do here: called away, or the session is over. */
  readonly ended: Promise<void>;
}

const LOOKS_AFTER_MS = 1_200;
const READS_FOR_MS = 900;
const LETTER_MS = 45;
const TYPES_FOR_MS = { least: 1_500, most: 5_000 };

/** One of the company: reads what visitors write, types and answers, and has something to say when they come. */
export async function openCompanion({ base, password, residents, person, clock, signal }: CompanionOptions): Promise<Companion> {
  const going = new AbortController();
  const over = AbortSignal.any([signal, going.signal]);
  const ended = Promise.withResolvers<void>();
  over.addEventListener('abort', () => ended.resolve(), { once: true });
  const visitors = new Set(visited.map(({ userName }) => residents[userName]));
  /** How far they were read here, before the store has said so. */
  const seen = new Map<string, number>();
  const answering = new Set<string>();
  const greeted = new Set<Opener>();
  let turn = 0;
  let device: DemoDevice | undefined;

  const pause = (milliseconds: number) => clock.sleep(milliseconds, over);
  const type = async (peerId: string, text: string) => {
    const until = clock.now() + Math.min(Math.max(text.length * LETTER_MS, TYPES_FOR_MS.least), TYPES_FOR_MS.most);
    while (!over.aborted && clock.now() < until) {
      device?.parley.typing(peerId, true);
      await pause(Math.min(limits.typingEvery * 1000, Math.max(until - clock.now(), 1)));
    }
    if (!over.aborted) await device?.parley.send(peerId, { kind: 'text', text });
  };

  const answer = async (peerId: string) => {
    for (let seq = unread(peerId); seq !== undefined && !over.aborted; seq = unread(peerId)) {
      await pause(LOOKS_AFTER_MS);
      const said = lastOf(device?.parley.conversations.get(peerId), peerId);
      if (over.aborted || !device) return;
      seen.set(peerId, Math.max(seq, said?.seq ?? 0));
      await device.parley.read(peerId, Math.max(seq, said?.seq ?? 0));
      if (!said) continue;
      await pause(READS_FOR_MS);
      if (deservesOnlyReaction(said.text)) await device.parley.react(peerId, said.seq, '❤️', true);
      else await type(peerId, answerTo(said.text, person.userName, turn++));
    }
  };
  const unread = (peerId: string) => {
    const held = device?.parley.conversations.get(peerId);
    const read = Math.max(held?.marks[residents[person.userName]]?.read ?? 0, seen.get(peerId) ?? 0);
    return held && held.lastPeerSeq > read ? held.lastPeerSeq : undefined;
  };
  const look = (peerId: string) => {
    if (!visitors.has(peerId) || answering.has(peerId) || unread(peerId) === undefined) return;
    answering.add(peerId);
    void answer(peerId).finally(() => answering.delete(peerId));
  };
  const greet = async (opener: Opener) => {
    if (greeted.has(opener)) return;
    greeted.add(opener);
    await pause(opener.after * 1000);
    for (const text of opener.texts) if (!over.aborted) await type(residents[opener.to], text);
  };

  const onEvent = (event: ParleyEvent) => {
    if (event.kind === 'session-ended') going.abort();
    // Typing passes between open rooms alone.
    else if (event.kind === 'connection' && event.socket === 'chat' && event.state.at === 'open')
      setImmediate(() => visitors.forEach((peerId) => void device?.parley.join(peerId)));
    else if (event.kind === 'conversation') setImmediate(() => look(event.held.peerId));
    else if (event.kind === 'presence')
      for (const { userId, state } of event.people)
        for (const opener of manners[person.userName].openers)
          if (state === 'online' && userId === residents[opener.to]) void greet(opener);
  };
  const opened = await openDevice({ base, ...(await signIn(base, person.userName, password)), onEvent });
  device = opened;
  return {
    ended: ended.promise,
    async [Symbol.asyncDispose]() {
      going.abort();
      await opened.parley.stop();
    },
  };
}

function lastOf(held: Held | undefined, peerId: string) {
  const message = held && newestStretch(held).findLast(({ senderId, content }) => senderId === peerId && content !== null);
  return message?.content && { seq: message.seq, text: message.content.text };
}
