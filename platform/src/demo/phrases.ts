import type { company, UserName, visited } from './people.ts';

type Companion = (typeof company)[number]['userName'];
type Visitor = (typeof visited)[number]['userName'];

/** What somebody says without being asked, when this visitor comes: after so many seconds. */
export interface Opener {
  readonly to: Visitor;
  readonly after: number;
  readonly texts: readonly string[];
}

export interface Manner {
  readonly openers: readonly Opener[];
  /** To whatever fits nothing else, in turns. */
  readonly answers: readonly string[];
}

export const manners: Readonly<Record<Companion, Manner>> = {
  ines: {
    openers: [
      { to: 'maya', after: 10, texts: ['Are you there? I have a chart with a gap in it, and I am very proud of it'] },
      { to: 'tom', after: 30, texts: ['Still flat. I have looked at a straight line for an hour and I am not bored'] },
    ],
    answers: [
      'Interesting. Do we have numbers for that?',
      'I would like to see that by hour, and then by tide',
      'Noted, with a timestamp. In UTC.',
      'I agree, with an interval of plus or minus a little',
      'Let me check that against yesterday before I get excited',
    ],
  },
  jonas: {
    openers: [
      { to: 'tom', after: 12, texts: ['The cake survived the stairs 🍰', 'Most of it'] },
      { to: 'maya', after: 45, texts: ['How many plates do we need upstairs?'] },
    ],
    answers: [
      'Tell me over soup',
      'One moment, something is boiling',
      'You sound hungry. You always sound hungry when you write like that',
      'I put you on the list. There is always a list.',
      'Good. Everything else when the kitchen closes',
    ],
  },
  priya: {
    openers: [{ to: 'maya', after: 75, texts: ['Did it go well? I slept through it, as a doctor should'] }],
    answers: [
      'Sounds right to me. Drink some water too',
      'I am between two shifts, and this made me laugh',
      'Saturday we talk about it on the wall',
      'In my professional opinion: yes',
      'Breathe in, hold it, send it. Worked.',
    ],
  },
  leo: {
    openers: [{ to: 'tom', after: 55, texts: ['I am nearly there', 'Where are you all?'] }],
    answers: [
      'On my way!!',
      'I had an idea about that in the shower, it had a bass line',
      'Wait, which day is it',
      'Yes. No. Yes. I play it to you later',
      'Beautiful. Can you say it slower, in four bars?',
    ],
  },
  hana: {
    openers: [{ to: 'maya', after: 100, texts: ['The light is *perfect* just now. Look out of your window, to the left.'] }],
    answers: [
      'I have a picture of exactly that, give me a minute',
      'It depends on the light',
      'Say that again when there is fog, then I believe it',
      'Left a little. No, everything. Yes, like that.',
      'I waited until it was nearly too late to answer',
    ],
  },
};

interface Reply {
  readonly to: RegExp;
  readonly texts: readonly string[];
}

/** What anybody says to what nearly everybody writes; the first that fits. */
const replies: readonly Reply[] = [
  { to: /\b(hi|hello|hey|good (morning|evening))\b|👋/i, texts: ['Hey! Good to hear from you 👋', 'Hello you!', 'Hi! How is the day?'] },
  { to: /\bhow are you|how is it going|how's\b/i, texts: ['Very well, thank you! And you?', 'Good! A little short of sleep, as ever'] },
  { to: /\bthank|thanks|thx\b/i, texts: ['Any time 🙂', 'With pleasure'] },
  { to: /\b(bye|good night|see you)\b/i, texts: ['See you!', 'Until later 👋'] },
  { to: /```|`[^`]+`/, texts: ['Nice. Does it have a test?', 'I read that twice and now I want one too'] },
  { to: /https?:\/\//i, texts: ['Opening it', 'Ooh. Saved for the ferry'] },
  { to: /\bcake\b|🍰|🎂/i, texts: ["Four o'clock. Bring a fork.", 'I was told that there are three layers'] },
  { to: /\b(lol|haha)|😂|😄/i, texts: ['😂', 'I laughed, and now everybody here looks at me'] },
  { to: /\?\s*$/, texts: ['Good question. I would say yes, but ask me again tomorrow', 'I think so!', 'Hm, honestly? I do not know yet'] },
];

/** An answer to this text, another one each time. */
export function answerTo(text: string, userName: UserName, turn: number): string {
  const fitting = replies.find(({ to }) => to.test(text))?.texts ?? manners[userName as Companion].answers;
  return fitting[turn % fitting.length] as string;
}

/** What needs no words. */
export const deservesOnlyReaction = (text: string) => /^(ok|okay|great|nice|cool|perfect|yes|👍|❤️|🎉)[.! ]*$/iu.test(text.trim());
