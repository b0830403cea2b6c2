/** Something that only the person at the keyboard can put right; its message says what it is and what to do. */
export class Unusable extends Error {
  override readonly name = 'Unusable';
}
