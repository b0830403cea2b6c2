import { by, days, minutes, type Story } from '../story.ts';

const m = by('maya');
const t = by('tom');

const letter = `Right, here is the whole plan for the new player, so that we have it in one place and can stop digging it out of mails.

**1. What it is.** One page. At the top whatever is on air just now, with the name of the show, who presents it, and a single large button. Below it the last seven days, newest first, each show with its length and its tracklist. No carousel, no "discover", no newsletter box that jumps at people who came to listen.

**2. What it must do on a bad line.** Half of our listeners are on ferries. The player starts with the 48 kbit stream and moves up when it can; when the line drops it keeps playing what it has, says so in one quiet sentence, and continues where it was. It never starts from the beginning again. Nobody wants to hear the shipping forecast twice.

**3. What it remembers.** Where I stopped in each show, on this device, without an account. If I come back on Thursday the button says "Continue at 41:07".

**4. How it looks.** The harbour colours, one typeface, large enough to be pressed with gloves. Dark after sunset, by the sun and not by the clock, because our sunsets move by six hours over the year.

**5. What we leave out.** Comments. Likes. Counting how long people listen to whom. We can ask them, they write us letters anyway.

**6. When.** A first version behind a link two weeks from today, the rest before the clocks change. I would rather leave something out than be late, so tell me early what is harder than it looks.

I have drawings for 1 to 3. Tell me what you think, and please be as unkind as you like about 4.`;

const reconnect = `This is all there is to it:

\`\`\`ts
async function keepPlaying(stream: Stream) {
  for (let pause = 500; ; pause = Math.min(pause * 2, 15_000)) {
    const from = stream.position;
    try {
      await stream.playFrom(from);
      return;
    } catch {
      await sleep(pause * (0.5 + Math.random() / 2));
    }
  }
}
\`\`\`

The random part matters: without it every ferry reconnects in the same second when it leaves the tunnel.`;

export const mayaAndTom: Story = {
  between: ['maya', 'tom'],
  kept: { pinned: true },
  sittings: [
    days(
      23,
      '09:12',
      m('Morning! Moved in at the new desk. I can see the harbour *and* the coffee machine 🙂'),
      t('You got the good one. I look at the air conditioning.', { liked: '😂' }),
      m('I will describe the ships to you'),
      t('Deal. What is in?'),
      m('Something orange and enormous. Hana would know.'),
      t('Hana would already have photographed it', { liked: '💯' }),
    ),
    days(21, '10:40', m(letter, { as: 'plan', liked: '❤️' }), m('Sorry. It got long.')),
    days(
      21,
      '11:26',
      t('Do not be sorry, this is the first plan here that I finished reading', { answers: 'plan' }),
      t('2 is harder than it looks, 3 is easier. 4 is fine and I have nothing unkind to say about it, which worries me'),
      m('Why is 2 hard?'),
      t(
        'Because "when the line drops" is not an event. Nobody tells you. You notice that nothing came, and then you have to decide for how long nothing is normal.',
      ),
      m('How long is it?', { as: 'long' }),
      t('On a ferry? 8 seconds. On land I would say 3.', {
        answers: 'long',
        edited: 'On a ferry? 8 seconds. On land I would say 3. I will measure it instead of making it up.',
      }),
      m('Take the ferry on Friday and measure. I am serious, expense it', { liked: '⛴️' }),
    ),
    days(
      18,
      '16:05',
      t('Greetings from the 15:40 ferry'),
      t('11 drops in 50 minutes. Longest 94 seconds, behind the island, as Priya predicted'),
      m('And the player?'),
      t('Kept going through nine of them. The other two were my fault, and are fixed by now.'),
      m('Fixed? You are on a boat'),
      t('There is a table and a socket. It is the most productive office I have had.', { liked: '😂' }),
      t(reconnect, { as: 'code' }),
      m('I understood the last sentence and I like it', { answers: 'code' }),
    ),
    days(
      14,
      '18:20',
      m('Leaving. Lantern at eight? Jonas has a table for us'),
      t('Yes. I bring Leo, if he is on time'),
      m('So you come alone', { liked: '😄' }),
      t('He says that he is on his way'),
      m('He always says so'),
      t('He is on his way. I am looking at him. He is looking for his other shoe.'),
    ),
    days(
      12,
      '09:02',
      t('First version is up: https://player.harbour.example/next'),
      m('Opening'),
      m('Oh'),
      m('It *continues*! I closed the lid yesterday at home and it says "Continue at 12:31"', { liked: '🎉' }),
      t('Told you that 3 is easy'),
      m('The button is two pixels too low on the phone. I can not unsee it'),
      t('Where?'),
      m('In portrait, in Firefox, with the large font'),
      t('…'),
      t('You are right. How do you even see that'),
      m('It hurts a little, here', { as: 'hurts', deleted: true }),
      m('It hurts a little'),
      t('Fixed. `line-height`, of course. It is always `line-height`.', { liked: '👌' }),
    ),
    days(
      9,
      '13:30',
      m('Inês says that people now listen 20 minutes longer on average'),
      t('We said we do not count that', { as: 'count' }),
      m('She counted the bytes, not the people. It is the bill.', { answers: 'count' }),
      t('Ha. All right. Then it is good news and an expensive one'),
    ),
    days(
      6,
      '21:14',
      t('Are you listening?'),
      m('To what'),
      t('Switch on! Leo plays live in the late show. Right now.'),
      m('On it'),
      m('He is *good*', { liked: '🎸' }),
      t('He was four minutes late for a live broadcast. They played the jingle three times.'),
      m('So that was why. I thought it was art'),
    ),
    days(
      3,
      '11:10',
      m('The gloves test: https://photos.harbour.example/gloves'),
      m('Winter gloves, bike gloves, oven gloves. Jonas insisted on the last ones.'),
      t('Oven gloves hit the button?'),
      m('Nine of ten. The tenth time he turned it off, and said that the fish was done anyway', { liked: '😂' }),
      t('Ship it', { liked: '🚀' }),
    ),
    days(
      1,
      '17:45',
      t('So tomorrow?'),
      m('Tomorrow. At ten, after the news, so that nobody notices if nobody notices'),
      t('I prepared a way back, so it will not be needed. That is how it works'),
      m('Superstition'),
      t('Engineering', { liked: '😄' }),
    ),
    minutes(
      52,
      t('It is on. Nobody noticed 🎉', { liked: '🎉' }),
      m('I noticed! It is two pixels better'),
      t('1,204 people listening, 3 of them on the ferry, none of them starting from the beginning'),
      m('You know what this means', { as: 'means' }),
      t('That I may sleep?', { answers: 'means' }),
      m('That we have cake. Jonas is bringing it himself at four.'),
      t('I stay awake until four, then', { liked: '🍰' }),
    ),
  ],
};
