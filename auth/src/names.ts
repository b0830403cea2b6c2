import { domainToASCII } from 'node:url';
import { limits, ParleyError } from '@parley/common/contracts';
import { glanceOf } from './confusables.ts';
import { isReserved } from './reserved-names.ts';

/** Something a person is found by: as they wrote it, and the canonical form in which it is unique. */
export interface Name {
  readonly shown: string;
  readonly key: string;
}

/** Which scripts may meet in one name. Within Latin only what living languages write: phonetic letters are lookalikes. */
const scripts = [
  /^[a-z\u00c0-\u01bf\u01c4-\u024f\u1e00-\u1eff]+$/iu,
  /^[\u0400-\u045f\u0472-\u0475\u048a-\u052f]+$/u,
  /^\p{Script=Greek}+$/u,
  /^[\p{scx=Hiragana}\p{scx=Katakana}\p{Script=Han}]+$/u,
  /^[\p{Script=Hangul}\p{Script=Han}]+$/u,
  /^[\p{Script=Bopomofo}\p{Script=Han}]+$/u,
  ...(
    'Armenian Georgian Hebrew Arabic Thaana Devanagari Bengali Gurmukhi Gujarati Oriya Tamil Telugu Kannada Malayalam Sinhala Thai Lao ' +
    'Tibetan Myanmar Khmer Ethiopic'
  )
    .split(' ')
    .map((script) => new RegExp(`^\\p{Script=${script}}+$`, 'u')),
];

const letterOrDigit = /^[\p{L}\p{M}0-9]$/u;
/** Letters that show nothing, and marks that sit on any letter of any script (most have become one letter by then). */
const unseen = /[\p{Default_Ignorable_Code_Point}\p{Script=Inherited}]/u;
/** More marks in a row than any script stacks. */
const piledUp = /\p{M}{5}/u;

const refuse = (field: string, code: string, message: string) => new ParleyError('invalid-input', { details: [{ field, code, message }] });

/** Letters and digits, dots, underscores and dashes between them, of one script. */
export function readUserName(text: string): Name {
  const shown = text.normalize('NFKC').trim();
  const wrong = wrongUserName(shown);
  if (wrong) throw refuse('userName', ...wrong);
  if (isReserved(fold(shown))) throw new ParleyError('user-name-reserved');
  return { shown, key: userNameKey(shown) };
}

function wrongUserName(shown: string): [code: string, message: string] | undefined {
  const letters = [...shown];
  if (letters.length < limits.userNameMin || letters.length > limits.userNameMax) {
    return ['length', `A user name has ${limits.userNameMin} to ${limits.userNameMax} characters.`];
  }
  if (unseen.test(shown) || piledUp.test(shown) || !letters.every((letter) => letterOrDigit.test(letter) || '._-'.includes(letter))) {
    return ['characters', 'A user name has letters, digits, dots, underscores and dashes only.'];
  }
  if (/^[\p{M}._-]|[._-]$/u.test(shown)) return ['ends', 'A user name begins and ends with a letter or a digit.'];
  const written = shown.replace(/[0-9._-]/g, '');
  if (written && !scripts.some((script) => script.test(written))) {
    return ['mixed-script', 'A user name keeps to the letters of one script, those of its living languages.'];
  }
  return undefined;
}

/** Total, so that whatever somebody types at sign-in has a form to be looked up by. */
export function userNameKey(text: string): string {
  const key = glanceOf(fold(text).normalize('NFD')).normalize('NFKC');
  return key === text ? key : userNameKey(key);
}

/** Case folding as near as the language has it: both ways, because ß, ς and ı have no small form of their own. */
function fold(text: string): string {
  const folded = text
    .normalize('NFKC')
    .trim()
    .toUpperCase()
    .toLowerCase()
    .replaceAll('ς', 'σ')
    .replaceAll('i\u0307', 'i')
    .normalize('NFKC');
  return folded === text ? folded : fold(folded);
}

// What needs quotes in an address is written by attackers more often than by people.
const localPart = /^(?!\.)(?!.*\.\.)(?!.*\.$)[^\s\p{C}"(),:;<>@[\\\]]{1,64}$/u;
const domainPart = /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;

export function readEmail(text: string): Name {
  const name = emailName(text);
  if (!name || [...name.shown].length > limits.email) throw refuse('email', 'email', 'This is not an e-mail address.');
  return name;
}

/** Undefined when no account can have it. */
export function emailName(text: string): Name | undefined {
  const shown = text.normalize('NFKC').trim();
  const at = shown.lastIndexOf('@');
  const local = shown.slice(0, at);
  const domain = domainToASCII(shown.slice(at + 1));
  if (at < 1 || !localPart.test(local) || !domainPart.test(domain)) return undefined;
  return { shown, key: `${fold(local)}@${domain}` };
}

/** Longer than any name can be typed, decomposed and with space around: not worth the folding. */
const TYPED_MAX = limits.userNameMax * 6;

/** What somebody signs in with: the canonical form of an address or of a user name. */
export function loginKey(text: string): { readonly email: string } | { readonly userName: string } | undefined {
  if (!text.isWellFormed() || text.includes('\0')) return undefined;
  if (!text.includes('@')) return text.length > TYPED_MAX ? undefined : { userName: userNameKey(text) };
  const email = emailName(text);
  return email && { email: email.key };
}
