const MARK = 0x7e;
const [ZERO, NINE] = [0x30, 0x39];

/** A text of 100 bytes that carries its number between two marks that nothing else on any of the wires has. */
export const textOf = (number: number) => `~${number}~`.padEnd(100, 'x');

/**
 * Finds the numbers of texts in bytes, whatever language they are wrapped in and wherever the network cut them: the same
 * for every system, and cheap, so that what is measured is the system.
 */
export function createNumbers(found: (number: number) => void): (bytes: Buffer) => void {
  /** Negative: outside of a pair of marks. */
  let value = -1;
  return (bytes) => {
    for (let at = 0; ; ) {
      if (value >= 0) {
        while (at < bytes.length && isDigit(bytes[at] as number)) value = value * 10 + (bytes[at++] as number) - ZERO;
        if (at === bytes.length) return;
        if (bytes[at] === MARK) {
          found(value);
          at += 1;
        }
        value = -1;
      }
      const mark = bytes.indexOf(MARK, at);
      if (mark < 0) return;
      value = 0;
      at = mark + 1;
    }
  };
}

const isDigit = (byte: number) => byte >= ZERO && byte <= NINE;
