import type { Message } from '@parley/common/contracts';
import type { Calendar } from './calendar.ts';
import type { DemoDevice } from './device.ts';
import type { UserName } from './people.ts';
import type { Story } from './story.ts';
import { type Step, timelineOf } from './timeline.ts';

export interface HistoryOptions {
  readonly devices: ReadonlyMap<UserName, DemoDevice>;
  readonly stories: readonly Story[];
  /** What messages takes for the time. */
  readonly calendar: Calendar;
  readonly now: number;
  readonly signal: AbortSignal;
}

/** Has people say, weeks ago, what the stories say: over their own devices, so everything is numbered and stored as ever. */
export async function playHistory({ devices, stories, calendar, now, signal }: HistoryOptions): Promise<void> {
  const deviceOf = (userName: UserName) => devices.get(userName) as DemoDevice;
  const said = new Map<object, { readonly seq: number; readonly clientId: string }>();
  const named = new Map<string, object>();
  const last = new Map<string, number>();

  const play = async (step: Step) => {
    const { by, to } = step;
    const { parley, answered } = deviceOf(by);
    const peer = deviceOf(to).parley.me.userId;
    const key = [by, to].sort().join();
    if (step.kind === 'read') return read(by, to, last.get(key) ?? 0);
    const { line } = step;
    if (step.kind === 'say') {
      const answers = line.answers === undefined ? undefined : said.get(named.get(`${key} ${line.answers}`) as object);
      const clientId = await parley.send(peer, { kind: 'text', text: line.text }, answers?.seq);
      await answered(clientId);
      const { seq } = held(parley, peer, clientId);
      said.set(line, { seq, clientId });
      if (line.as) named.set(`${key} ${line.as}`, line);
      last.set(key, seq);
      return;
    }
    const { seq, clientId } = said.get(line) as { seq: number; clientId: string };
    if (step.kind === 'react') await answered(await parley.react(peer, seq, step.emoji, true));
    else if (step.kind === 'delete') await answered(await parley.remove(peer, seq, 'everyone'));
    else await answered(await parley.edit(peer, seq, held(parley, peer, clientId).version, { kind: 'text', text: step.text }));
  };

  const marks = new Map<string, number>();
  const read = async (by: UserName, to: UserName, seq: number) => {
    if (seq <= (marks.get(`${by} ${to}`) ?? 0)) return;
    marks.set(`${by} ${to}`, seq);
    // Goes ahead of what the same device writes next, which is waited for.
    await deviceOf(by).parley.read(deviceOf(to).parley.me.userId, seq);
  };

  try {
    for (const step of timelineOf(stories, now)) {
      signal.throwIfAborted();
      calendar.set(step.at);
      await play(step);
    }
  } finally {
    calendar.letGo();
  }
  await Promise.all(
    [...devices.values()].map(({ parley, answered }) =>
      Promise.all(parley.outbox.entries().map((entry) => answered(entry.command.clientId))),
    ),
  );
}

function held(parley: DemoDevice['parley'], peerId: string, clientId: string): Message {
  for (const message of parley.conversations.get(peerId)?.messages.values() ?? []) if (message.clientId === clientId) return message;
  throw new Error('what was stored is not held');
}
