/**
 * SHA-256 (FIPS 180-4), for what has to be computed at once wherever it runs: a browser's own answers later, and not at
 * all on a page that came over plain HTTP. For short texts that are no secret.
 */

const primes: number[] = [];
for (let number = 2; primes.length < 64; number++) if (primes.every((prime) => number % prime)) primes.push(number);

/** The first 32 bits behind the point: far fewer than a root is exact to. */
const fraction = (root: number) => (root % 1) * 2 ** 32;
const constants = Uint32Array.from(primes, (prime) => fraction(Math.cbrt(prime)));
const beginning = Uint32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));

const turned = (word: number, by: number) => (word >>> by) | (word << (32 - by));

export function sha256(bytes: Uint8Array): Uint8Array {
  // One bit that is set, as many as fill the block that are not, and the length in bits.
  const padded = new Uint8Array(Math.ceil((bytes.length + 9) / 64) * 64);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const blocks = new DataView(padded.buffer);
  blocks.setUint32(padded.length - 8, Math.floor(bytes.length / 2 ** 29));
  blocks.setUint32(padded.length - 4, bytes.length << 3);

  const hash = Uint32Array.from(beginning);
  const words = new Uint32Array(64);
  for (let start = 0; start < padded.length; start += 64) {
    for (let index = 0; index < 64; index++) words[index] = index < 16 ? blocks.getUint32(start + index * 4) : extended(words, index);
    mix(hash, words);
  }
  const digest = new DataView(new ArrayBuffer(32));
  hash.forEach((word, index) => void digest.setUint32(index * 4, word));
  return new Uint8Array(digest.buffer);
}

function extended(words: Uint32Array, index: number): number {
  const [early, late] = [words[index - 15] as number, words[index - 2] as number];
  const first = turned(early, 7) ^ turned(early, 18) ^ (early >>> 3);
  const second = turned(late, 17) ^ turned(late, 19) ^ (late >>> 10);
  return (words[index - 16] as number) + first + (words[index - 7] as number) + second;
}

function mix(hash: Uint32Array, words: Uint32Array) {
  let [a, b, c, d, e, f, g, h] = hash as unknown as [number, number, number, number, number, number, number, number];
  for (let round = 0; round < 64; round++) {
    const high = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
    const one = h + high + ((e & f) ^ (~e & g)) + (constants[round] as number) + (words[round] as number);
    const low = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22);
    const two = low + ((a & b) ^ (a & c) ^ (b & c));
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
  }
  for (const [index, word] of [a, b, c, d, e, f, g, h].entries()) hash[index] = (hash[index] as number) + word;
}
