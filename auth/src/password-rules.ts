import { limits, ParleyError } from '@parley/common/contracts';
import { isCommon } from './common-passwords.ts';

/** Whose password it is to be: it must not be one of these words. */
export interface Owner {
  readonly userName: string;
  readonly displayName: string;
  readonly email: string;
}

/** The same password from every keyboard: composed letters, one kind of space (RFC 8265, OpaqueString). */
export const preparePassword = (text: string): string => text.replace(/\p{Zs}/gu, ' ').normalize('NFC');

/**
 * A new password as it is hashed, or a refusal that says what is wrong with it. Length and not being guessed first is
 * all that is asked: rules of composition make passwords worse.
 */
export function readPassword(text: string, owner: Owner, field: 'password' | 'next' = 'password'): string {
  const password = preparePassword(text);
  const wrong = wrongPassword(password, owner);
  if (wrong) throw new ParleyError('invalid-input', { details: [{ field, code: wrong[0], message: wrong[1] }] });
  return password;
}

function wrongPassword(password: string, owner: Owner): [code: string, message: string] | undefined {
  if (!password.isWellFormed()) return ['characters', 'This password is not well-formed text.'];
  if ([...password].length < limits.passwordMin) return ['length', `A password has at least ${limits.passwordMin} characters.`];
  if (Buffer.byteLength(password) > limits.passwordMaxBytes) return ['length', `A password has at most ${limits.passwordMaxBytes} bytes.`];
  if (ownWords(owner).includes(password.toLowerCase())) return ['own-name', 'A password must not be your name or your e-mail address.'];
  if (isCommon(password)) return ['too-common', 'This is one of the passwords that are tried first. Please choose another.'];
  return undefined;
}

const ownWords = ({ userName, displayName, email }: Owner) =>
  [userName, displayName, displayName.replaceAll(' ', ''), email, email.slice(0, email.lastIndexOf('@'))].map((word) => word.toLowerCase());
