import { createHash } from 'node:crypto';
import type { EventData } from '@parley/common/contracts';
import { createRandom } from '../chaos/random.ts';

/** A crowd as a directory has to bear it: some names very common, most rare, several scripts; always the same one. */
const given =
  'Maria Mohammed Anna Wei John Elena Ana Ali Li José Olga Fatima Carlos Ivan Emma Noah Sofía Lukas Émile Zoë Søren Łukasz Şebnem Nguyễn Jürgen Raúl Chloé Björn Óscar Inês Ольга Александр Мария Дмитрий Юлия محمد فاطمة علي 伟 芳 秀英 さくら 翔太 민준 서연 אברהם שרה प्रिया राहुल สมชาย';
const family =
  'Wang Smith García Müller Nguyen Silva Khan Kim Ivanova Rossi Martin Johnson Brown Jones López Hernández Santos Kowalski Novák Jensen Øberg Dubois Papadopoulos Yılmaz O’Brien Иванов Смирнова Кузнецов 王 李 张 佐藤 鈴木 김 이 חיים خان शर्मा';
const syllables =
  'ba be bi bo bu da de di do du ka ke ki ko ku la le li lo lu ma me mi mo mu na ne ni no nu ra re ri ro ru sa se si so su ta te ti to tu va ve vi vo'.split(
    ' ',
  );

/** The first ones far more often than the last ones. */
const pick = (from: readonly string[], roll: () => number) => from[Math.floor(from.length ** roll()) - 1] ?? (from[0] as string);

const common = { given: given.split(' '), family: family.split(' ') };

function invented(roll: () => number): string {
  const word = Array.from({ length: 2 + Math.floor(roll() * 3) }, () => syllables[Math.floor(roll() * syllables.length)]).join('');
  return word[0]?.toUpperCase() + word.slice(1);
}

/** Half of all words are of the common ones. */
const wordOf = (kind: keyof typeof common, roll: () => number) => (roll() < 0.5 ? pick(common[kind], roll) : invented(roll));

export function person(index: number): EventData<'user.registered'> {
  const roll = createRandom(index + 1).next;
  const names = [wordOf('given', roll), ...(roll() < 0.2 ? [wordOf('given', roll)] : []), wordOf('family', roll)];
  const plain = invented(roll).toLowerCase();
  const hash = createHash('sha256').update(String(index)).digest('hex');
  return {
    userId: `${hash.slice(0, 8)}-${hash.slice(8, 12)}-7${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`,
    number: 1,
    userName: `${plain}${roll() < 0.3 ? `.${invented(roll).toLowerCase()}` : ''}${index}`,
    displayName: names.join(' '),
    at: '2026-01-01T00:00:00.000Z',
  };
}

/** What somebody types: the beginning of one word, or one word and the beginning of the next. */
export function typed(roll: () => number, people: number): string {
  const { displayName, userName } = person(Math.floor(roll() * people));
  const words = displayName.split(' ');
  const kind = roll();
  if (kind < 0.15) return userName.slice(0, 3 + Math.floor(roll() * 6));
  const first = words[Math.floor(roll() * words.length)] as string;
  if (kind < 0.85) return [...first].slice(0, 1 + Math.floor(roll() * 6)).join('');
  return `${words[0]} ${[...(words[1] as string)].slice(0, 2).join('')}`;
}
