/**
 * What looks alike at a glance, so that a name can't pass for another person's: letters of other scripts, small or
 * capital, beside Latin ones (Unicode's confusables, UTS #39, as far as names here may hold the letters at all), and
 * within Latin what a typeface may not tell apart. Only for comparing: nobody is shown the result.
 */
const pairs =
  'аa вb еe з3 кk мm нh оo рp сc тt уy хx іi јj ѕs һh ӏl ԁd ԛq ԝw пn гr ѵv ґr ' +
  'αa βb εe ζz ηn ιi κk μm νv οo ρp σo τt υy χx γy ωw ' +
  'օo սu ոn հh ցg յj ' +
  'ıi ɩi łl øo đd ħh ŧt ƅb';

const lookalikes = new Map(pairs.split(' ').map((pair) => [[...pair][0] as string, [...pair].at(-1) as string]));

/** Strokes and rings: a capital i, a small L and a one; an O and a zero. Of folded text, where capitals are small. */
const strokes = /[i1|]/g;
const rings = /0/g;

/**
 * What a folded text looks like at a glance. Letters first, so that two that look like a third are found in every script;
 * `rn` and `vv` last, which make no new pair with what stands beside them.
 */
export const glanceOf = (folded: string): string =>
  Array.from(folded, (letter) => lookalikes.get(letter) ?? letter)
    .join('')
    .replace(strokes, 'l')
    .replace(rings, 'o')
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w');
