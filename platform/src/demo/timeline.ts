import type { UserName } from './people.ts';
import type { Line, Sitting, Story } from './story.ts';

/** Something that somebody did, and when. */
export type Step = { readonly at: number; readonly by: UserName; readonly to: UserName } & (
  | { readonly kind: 'say'; readonly line: Line }
  | { readonly kind: 'react'; readonly line: Line; readonly emoji: string }
  | { readonly kind: 'edit'; readonly line: Line; readonly text: string }
  | { readonly kind: 'delete'; readonly line: Line }
  /** Everything that was said so far. */
  | { readonly kind: 'read' }
);

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** How long somebody takes for what they write. */
const writing = ({ text }: Line) => Math.min(18 + text.length * 0.3, 150) * SECOND;
const REACTION_AFTER = 9 * SECOND;
const SECOND_THOUGHT_AFTER = 40 * SECOND;

/** All that ever happened, in the order in which it did. */
export function timelineOf(stories: readonly Story[], now: number): Step[] {
  const steps = stories.flatMap(({ between, sittings }) => sittings.flatMap((sitting) => stepsOf(between, sitting, now)));
  return steps.filter(({ at }) => at <= now).sort((a, b) => a.at - b.at);
}

function stepsOf(between: readonly [UserName, UserName], { when, lines, unreadBy }: Sitting, now: number): Step[] {
  const steps: Step[] = [];
  let at = 'minutes' in when ? now - when.minutes * MINUTE : dayBefore(now, when.days, when.at);
  for (const line of lines) {
    const pair = pairOf(between, line);
    const back = { by: pair.to, to: pair.by };
    at += writing(line);
    steps.push({ at: at - 1, ...pair, kind: 'read' }, { at, ...pair, kind: 'say', line });
    if (line.liked) steps.push({ at: at + REACTION_AFTER, ...back, kind: 'react', line, emoji: line.liked });
    if (line.edited) steps.push({ at: at + SECOND_THOUGHT_AFTER, ...pair, kind: 'edit', line, text: line.edited });
    if (line.deleted) steps.push({ at: at + SECOND_THOUGHT_AFTER, ...pair, kind: 'delete', line });
  }
  const [first, second] = between;
  for (const pair of [
    { by: first, to: second },
    { by: second, to: first },
  ])
    if (pair.by !== unreadBy) steps.push({ at: at + MINUTE, ...pair, kind: 'read' });
  return steps;
}

const pairOf = ([first, second]: readonly [UserName, UserName], { by }: Line) => ({ by, to: by === first ? second : first });

/** By the calendar on this machine's wall, so that breakfast is in the morning. */
function dayBefore(now: number, days: number, at: string): number {
  const [hours = 0, minutes = 0] = at.split(':').map(Number);
  const day = new Date(now);
  day.setDate(day.getDate() - days);
  return day.setHours(hours, minutes, 0, 0);
}
