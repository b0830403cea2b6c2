import type { UserName } from './people.ts';

/** What came of something that was said, and what it refers to. */
export interface Circumstances {
  /** What later lines call it. */
  readonly as?: string;
  /** Quotes what was called so. */
  readonly answers?: string;
  /** The other person reacts with it. */
  readonly liked?: string;
  /** What it says after a correction. */
  readonly edited?: string;
  readonly deleted?: true;
}

export interface Line extends Circumstances {
  readonly by: UserName;
  readonly text: string;
}

/** A stretch of talk: so many days ago at a time of day, or so many minutes ago. */
export interface Sitting {
  readonly when: { readonly days: number; readonly at: string } | { readonly minutes: number };
  readonly lines: readonly Line[];
  /** Has not looked since: to them the sitting is new. */
  readonly unreadBy?: UserName;
}

export interface Story {
  readonly between: readonly [UserName, UserName];
  readonly sittings: readonly Sitting[];
  /** How the first of the two keeps it. */
  readonly kept?: { readonly pinned?: true; readonly archived?: true; readonly muted?: true };
}

export const by =
  (userName: UserName) =>
  (text: string, circumstances: Circumstances = {}): Line => ({ by: userName, text, ...circumstances });

export const days = (ago: number, at: string, ...lines: readonly Line[]): Sitting => ({ when: { days: ago, at }, lines });
export const minutes = (ago: number, ...lines: readonly Line[]): Sitting => ({ when: { minutes: ago }, lines });
export const unread = (userName: UserName, sitting: Sitting): Sitting => ({ ...sitting, unreadBy: userName });
