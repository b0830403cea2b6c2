import { by, days, minutes, type Story, unread } from '../story.ts';

const t = by('tom');
const i = by('ines');
const j = by('jonas');
const p = by('priya');
const h = by('hana');
const l = by('leo');

const numbers = `Measured over the night, one row per minute:

\`\`\`text
            p50     p99     lost
old       212 ms  1.9 s       41
new        38 ms  0.2 s        0
\`\`\`

I checked the zero twice, and then I checked whether the counter counts.`;

export const tomAndInes: Story = {
  between: ['tom', 'ines'],
  sittings: [
    days(
      19,
      '11:00',
      i('Your logs say 14:00 and mine say 13:00. Before we both spend the day: are you in UTC?', { as: 'utc' }),
      t('Always', { answers: 'utc' }),
      i('Then somebody in between is not'),
      t('The encoder. It is from 2009 and believes in summer.', { liked: '😂' }),
    ),
    days(
      11,
      '16:33',
      t(numbers, { as: 'numbers', liked: '🔥' }),
      i('"I checked whether the counter counts" is the best sentence that I read this year', { answers: 'numbers' }),
      i('Does it?'),
      t('I lost one on purpose. It said 1. I was so proud.'),
    ),
    days(
      2,
      '09:50',
      i('https://wiki.harbour.example/silence is the page about gaps. Would you look over it?'),
      t('Reading'),
      t('Second paragraph: it is not "no data", it is "we know that there was nothing". Those are two things.'),
      i('That is the whole point of the page and I had it wrong in the second paragraph', {
        edited: 'That is the whole point of the page and I had it wrong in the second paragraph. Fixed, thank you',
      }),
      t('Happens to me in the first', { liked: '🙂' }),
    ),
    minutes(25, i('Flat line, all the way. Congratulations!'), t('Thank you! I keep reloading it. I will stop soon.', { liked: '😄' })),
  ],
};

export const tomAndLeo: Story = {
  between: ['tom', 'leo'],
  kept: { muted: true },
  sittings: [
    days(14, '19:31', l('On my way!!'), t('I am standing in your hall'), l('I know, I can see you', { liked: '😂' })),
    days(
      6,
      '22:40',
      t('That was wonderful'),
      l('Thank you brother 🎶'),
      l('Sorry for the beginning'),
      t('Three jingles. They had a certain build-up'),
      l('We may keep that', { liked: '😂' }),
    ),
    unread(
      'tom',
      minutes(
        95,
        l('Do you still have the long cable'),
        l('The really long one'),
        l('Found it'),
        l('It is not long enough'),
        l('Do you have another one'),
      ),
    ),
  ],
};

export const tomAndPriya: Story = {
  between: ['tom', 'priya'],
  sittings: [
    days(
      20,
      '20:10',
      t('You take the ferry every week. Where does the line drop?'),
      p(
        "Behind the island, for as long as it takes to read one page slowly. And once before the pier, always in the middle of somebody's sentence",
        { as: 'island' },
      ),
      t('That is exact enough to test against', { answers: 'island', liked: '🫡' }),
    ),
    days(
      4,
      '06:12',
      t('Running at seven, along the pier?'),
      p('I come out of the night shift at seven. I could *walk* along the pier'),
      t('Walking at seven, then'),
      p('With coffee', { liked: '☕' }),
    ),
  ],
};

export const tomAndJonas: Story = {
  between: ['tom', 'jonas'],
  sittings: [
    days(
      7,
      '15:15',
      j('The till says "connection lost" and I say things to the till'),
      t('Is the small green light on?'),
      j('There is a small green light?', { liked: '😂' }),
      t('Behind the flour'),
      j('It is on now. It was behind the flour. You are a doctor.'),
    ),
    unread('tom', minutes(33, j('Cake comes at four. Do not tell Maya what it says, I spelled it with feeling.'))),
  ],
};

export const tomAndHana: Story = {
  between: ['tom', 'hana'],
  sittings: [
    days(
      9,
      '08:05',
      h('Is the picture server allowed to be this fast, or did you break something?'),
      t('I unbroke something'),
      h('It loads before I have decided which one I want. It is a little rude.', { liked: '😄' }),
    ),
    days(
      2,
      '18:50',
      h('Storm tomorrow. I will be on the roof. If the antenna asks, I was never there'),
      t('Please do not hold on to the antenna', { as: 'antenna' }),
      h('I would never. I *lean* on it', { answers: 'antenna', liked: '😱' }),
    ),
  ],
};

const hana = by('hana');
const ines = by('ines');

/** They talk also when nobody visits. */
export const inesAndHana: Story = {
  between: ['ines', 'hana'],
  sittings: [days(3, '12:30', hana('Lunch on the quay?'), ines('Ten minutes!'))],
};
