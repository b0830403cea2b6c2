import { personText } from './entities.ts';
import { limits } from './limits.ts';

/** Turns the direction of whatever is written after it, or breaks the line. */
const unruly = /[\p{Cc}\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]/u;
const invisible = /[\p{Default_Ignorable_Code_Point}\p{Z}]/gu;

/** More marks in a row than any script stacks: they reach over the lines above and below. */
const piledUp = /\p{M}{5}/u;

/** A name as everybody will see it, on one line and never blank. */
export const DisplayName = personText(limits.displayName)
  .overwrite((text) => text.normalize('NFC').replace(/\s+/gu, ' ').trim())
  .refine((text) => !unruly.test(text) && text.replace(invisible, '') !== '', 'at least one visible character and no control characters')
  .refine((text) => !piledUp.test(text), 'at most four marks on one letter');
