import { by, days, minutes, type Story, unread } from '../story.ts';

const m = by('maya');
const i = by('ines');
const j = by('jonas');
const p = by('priya');
const h = by('hana');
const l = by('leo');

const query = `Here you go. It takes four seconds because of the join, do not put it on a page:

\`\`\`sql
SELECT date_trunc('hour', began_at) AS hour, count(*) AS listeners
FROM listening
WHERE began_at > now() - interval '7 days'
GROUP BY 1
ORDER BY 1;
\`\`\``;

const recipe = `For you, and for nobody else, the lentils from Tuesday:

Two onions, slowly, in more oil than you think is decent. Twenty minutes, they should look tired and not tanned. Then three cloves of garlic, a spoon of cumin, half a spoon of smoked paprika, and a minute later a tin of tomatoes. 300 g of green lentils, a litre of stock, a bay leaf. Forty minutes with the lid half on.

The secret is at the end: a good splash of vinegar, a handful of parsley, and a spoon of the butter that you told everybody you do not use. Salt only now.

Tastes better tomorrow. Everything does.`;

export const mayaAndInes: Story = {
  between: ['maya', 'ines'],
  sittings: [
    days(
      20,
      '14:02',
      i('Maya, do you have five minutes for a question about colours?'),
      m('For that always'),
      i('If a line in a chart means "silence", which colour is silence?'),
      m('No colour. Leave a gap.', { liked: '🤯' }),
      i('A gap'),
      i('I have worked here for two years and nobody told me that I may leave a gap'),
    ),
    days(
      16,
      '10:15',
      m('Could you tell me when people listen? By hour, over a week. I want to know when "dark" should begin'),
      i(query, { as: 'query' }),
      m('Thank you! What is the bump on Sunday at six?', { answers: 'query' }),
      i('The organ hour. Every week. They are very loyal and they all have the same clock.', { liked: '😂' }),
    ),
    days(
      8,
      '15:48',
      i('The gap is in the quarterly report now. Page 3. The board asked what it means.', { as: 'board' }),
      m('And?', { answers: 'board' }),
      i('I said "silence", and there was some', { liked: '😂' }),
      m('Frame that'),
    ),
    unread(
      'maya',
      minutes(
        17,
        i('Numbers of the first hour 👀'),
        i('1,311 started, 1,298 still there. I have never seen a line that flat'),
        i('Also: somebody in Lisbon listens with the old player from 2016. I would like to meet them.'),
      ),
    ),
  ],
};

export const mayaAndJonas: Story = {
  between: ['maya', 'jonas'],
  sittings: [
    days(
      19,
      '17:20',
      j('Fish or beans on Friday? I am making a list'),
      m('Beans! And whatever you did with the lentils on Tuesday'),
      j(recipe, { liked: '😍' }),
      m('I *knew* there was butter'),
      j('You knew nothing. There is no butter at the Lantern. Ask anybody.', { liked: '🤐' }),
    ),
    days(
      14,
      '18:02',
      m('A table for three at eight?'),
      j('For three, or for two and Leo?'),
      m('For two and Leo'),
      j('Then I lay the third at half past', { liked: '😂' }),
    ),
    days(
      3,
      '10:20',
      m('Strange request: may I borrow your oven gloves and your hands?'),
      j('The gloves are in the drawer, the hands are in the dough until eleven'),
      m('Eleven it is. It is for science', { liked: '🧤' }),
    ),
    unread(
      'maya',
      minutes(
        38,
        j('Cake is in the oven. Three layers. It says something on top, and I had to guess how it is spelled.'),
        j('Is it "congratulations" with one t or with two? Too late anyway 🍰'),
      ),
    ),
  ],
};

export const mayaAndPriya: Story = {
  between: ['maya', 'priya'],
  sittings: [
    days(
      17,
      '19:31',
      p('Saturday, north wall? Forecast says dry until two'),
      m('Yes!! What do I bring?'),
      p('Rope I have. Bring the thin friends and something with chocolate.'),
      m('The thin friends are the metal ones, yes? Last time I asked and you laughed for a minute'),
      p('The metal ones 😂', { liked: '😅' }),
    ),
    days(
      15,
      '20:12',
      p('Home. Everything hurts, in the good way. You led that second pitch like you had done it for years'),
      m('I did it with my eyes shut', { edited: 'I did it with my eyes shut, so I can not confirm that' }),
      p('Next time open them. The view is quite good', { liked: '❤️' }),
    ),
    days(
      5,
      '07:40',
      p('Off work. Four births and a broken thumb. The thumb complained the most.'),
      m('Sleep! 🛌'),
      p('Breakfast first. Then sleep. In an emergency both at once.'),
    ),
    minutes(
      190,
      p('Is it today? The player?'),
      m('At ten. I am not nervous. I have sorted my pencils by length.'),
      p('You will do what you always do', { liked: '🙏' }),
      m('Panic quietly?'),
      p('Get it right. Then panic quietly.', { liked: '😂' }),
      m('Climbing on Saturday, whatever happens'),
      p('Whatever happens ⛰️'),
    ),
  ],
};

export const mayaAndHana: Story = {
  between: ['maya', 'hana'],
  sittings: [
    days(
      23,
      '09:20',
      m('Quick: orange ship, enormous, in the harbour. What is it?'),
      h('The *Fjord Amber*. Carries orange juice, I am not making this up. In since 06:10, I have 200 pictures of it.', { liked: '🍊' }),
    ),
    days(
      10,
      '12:00',
      h('For the header of the player: https://photos.harbour.example/set/dawn'),
      h('Take the fourth. Do not take the third, that is the one everybody takes'),
      m('I would have taken the third'),
      h('I know', { liked: '😄' }),
      m('The fourth is better. How do you do that?'),
      h('I wait until it is nearly too late, and then a little longer'),
    ),
  ],
};

export const mayaAndLeo: Story = {
  between: ['maya', 'leo'],
  kept: { archived: true },
  sittings: [
    days(
      13,
      '01:12',
      l('Did I leave a shoe at the Lantern?'),
      m('You left with two. We were all surprised.'),
      l('Then I have three now', { liked: '😂' }),
      m('Ask Jonas. Good night!'),
    ),
  ],
};
