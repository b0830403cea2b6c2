import type { Random } from '../chaos/random.ts';
import { keys, noise, values } from './oddities.ts';
import { Fields, fieldsOf, placesOf, type Tree } from './tree.ts';

/** Makes something wrong with what was right, somewhere in it. */
export function spoil(tree: Tree, random: Random): Tree {
  const kind = random.below(7);
  const fields = fieldsOf(tree);
  const some = fields.length > 0 ? random.pick(fields) : undefined;
  const entry = some && some.entries.length > 0 ? random.pick(some.entries) : undefined;
  if (kind === 0 && some && entry) some.entries.splice(some.entries.indexOf(entry), 1);
  else if (kind === 1 && some) some.entries.push([random.pick(keys), random.pick(values)()]);
  else if (kind === 2 && some && entry) some.entries.push([entry[0], random.pick(values)()]);
  else if (kind === 3 && entry) entry[0] = random.pick(keys);
  else if (kind === 4) return random.pick([[tree], [[tree]], new Fields([['frame', tree]]), new Fields([['type', tree]])]);
  else {
    const places = placesOf(tree);
    if (places.length === 0) return random.pick(values)();
    random.pick(places).put(random.pick(values)());
  }
  return tree;
}

/** Makes something wrong with the bytes of a text. */
export function spoilBytes(text: string, random: Random): Buffer {
  const bytes = Buffer.from(text);
  const at = random.below(bytes.length + 1);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  const odd = random.pick<readonly number[]>([
    [0xff],
    [0xc3],
    [0xed, 0xa0, 0x80],
    [0xf8, 0x88, 0x80, 0x80, 0x80],
    [0],
    [0xef, 0xbb, 0xbf],
    [0xc0, 0x80],
  ]);
  switch (random.below(6)) {
    case 0:
      return Buffer.concat([before, Buffer.from(odd), after]);
    case 1:
      return before;
    case 2:
      return Buffer.concat([
        before,
        Buffer.from(random.pick(['/* */', '//\n', ',', '}', ']', '"', '\\u12', 'NaN', 'undefined', "'"])),
        after,
      ]);
    case 3:
      return Buffer.concat([bytes, bytes]);
    case 4:
      return noise(1 + random.below(300), random);
    default: {
      const flipped = Buffer.from(bytes);
      if (flipped.length > 0) flipped[random.below(flipped.length)] = random.below(256);
      return flipped;
    }
  }
}
