import type { Drawn } from './picture-format.ts';

export const JPEG_BEGINS = '\xff\xd8\xff';
const [START, END, START_OF_SCAN, JFIF, ICC, ADOBE, COMMENT] = [0xd8, 0xd9, 0xda, 0xe0, 0xe2, 0xee, 0xfe];

/** Frame headers, of which one says the size: all of C0 to CF but the tables C4, C8 and CC. */
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
/** Tables of Huffman and arithmetic codes, of quantisation, and how often a scan begins anew. */
const isTable = (marker: number) => [0xc4, 0xcc, 0xdb, 0xdd].includes(marker);
const isSaid = (marker: number) => (marker >= 0xe0 && marker <= 0xef) || marker === COMMENT;

/** Segments: FF, marker, length, data; behind the head of each scan its pixels. The first end is the end. */
export function readJpeg(bytes: Buffer): Drawn | undefined {
  const kept = [bytes.subarray(0, 2)];
  let size: Pick<Drawn, 'width' | 'height'> | undefined;
  let scans = 0;
  for (let at = 2; ; ) {
    const marker = markerAt(bytes, at);
    if (marker === END) return size && scans > 0 ? { ...size, bytes: Buffer.concat([...kept, Buffer.from([0xff, END])]) } : undefined;
    if (marker === undefined || marker === START) return undefined;
    const next = at + 2 + bytes.readUInt16BE(at + 2);
    const segment = whole(bytes, at, next);
    if (isFrame(marker)) {
      // A second one would be another size than the one that was judged.
      if (size) return undefined;
      size = { height: segment.readUInt16BE(5), width: segment.readUInt16BE(7) };
    }
    if (marker === START_OF_SCAN) {
      const end = endOfScan(bytes, next);
      if (!size || end === next) return undefined;
      scans += 1;
      kept.push(bytes.subarray(at, end));
      at = end;
    } else {
      if (isFrame(marker) || isTable(marker)) kept.push(segment);
      else if (isSaid(marker)) kept.push(neededOf(marker, segment));
      else return undefined;
      at = next;
    }
    // Any number of FF may stand before a marker.
    while (bytes.readUInt8(at) === 0xff && bytes.readUInt8(at + 1) === 0xff) at += 1;
  }
}

const markerAt = (bytes: Buffer, at: number) => (bytes.readUInt8(at) === 0xff ? bytes.readUInt8(at + 1) : undefined);

function whole(bytes: Buffer, from: number, to: number): Buffer {
  if (to > bytes.length) throw new RangeError('cut off');
  return bytes.subarray(from, to);
}

/** In the pixels FF is followed by 00, or by the number of a new beginning (D0 to D7). */
function endOfScan(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at !== -1; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes.readUInt8(at + 1);
    if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
  throw new RangeError('cut off');
}

const NOTHING = Buffer.alloc(0);
/** Up to where the size of a small copy of the picture is told, which is not kept. */
const JFIF_BYTES = 16;

/** What is said of a picture beside its pixels is left out, but for how its colours are meant. */
function neededOf(marker: number, segment: Buffer): Buffer {
  const says = (name: string) => segment.toString('latin1', 4, 4 + name.length) === name;
  if (marker === JFIF && says('JFIF\0') && segment.length >= JFIF_BYTES + 2) {
    return Buffer.concat([Buffer.from([0xff, JFIF, 0, JFIF_BYTES]), segment.subarray(4, JFIF_BYTES), Buffer.alloc(2)]);
  }
  if (marker === ICC && says('ICC_PROFILE\0')) return segment;
  if (marker === ADOBE && says('Adobe')) return segment;
  return NOTHING;
}
