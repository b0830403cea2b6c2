let last = 0;
let counter = 0;

/** Randomness is asked for for many at a time: the asking costs more than all else here. */
const random = new Uint8Array(16 * 256);
let used = random.length;
const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function randomBytes(): Uint8Array {
  if (used === random.length) {
    crypto.getRandomValues(random);
    used = 0;
  }
  used += 16;
  return random.subarray(used - 16, used);
}

/** A UUIDv7: sorts by the time it was made, also within one millisecond of one process. */
export function uuidv7(now: number = Date.now()): string {
  const bytes = randomBytes();
  // 12 bits of counter keep the order within a millisecond; a clock that steps back continues from the last instant.
  if (now > last) {
    last = now;
    counter = (((bytes[6] as number) & 0x07) << 8) | (bytes[7] as number);
  } else if (++counter > 0xfff) {
    last += 1;
    counter = 0;
  }
  const time = last.toString(16).padStart(12, '0');
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  let rest = '';
  for (let at = 8; at < 16; at++) rest += hex[bytes[at] as number];
  return `${time.slice(0, 8)}-${time.slice(8)}-7${counter.toString(16).padStart(3, '0')}-${rest.slice(0, 4)}-${rest.slice(4)}`;
}
