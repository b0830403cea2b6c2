import type { Drawn } from './picture-format.ts';

type Size = Pick<Drawn, 'width' | 'height'>;

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
  /** With its head, and the byte that makes it even. */
  readonly whole: Buffer;
}

const HEAD_BYTES = 12;

/** What a viewer needs of a picture that stands still: EXIF and XMP are none of it. */
const needed = new Set(['VP8X', 'ICCP', 'ALPH', 'VP8 ', 'VP8L']);
/** In the first byte of VP8X: that such a chunk is there. */
const [ANIMATION, XMP, EXIF] = [0x02, 0x04, 0x08];

/** A RIFF file, which says its own length: chunks of type, length, data. What is behind its end is not looked at. */
export function readWebp(bytes: Buffer): Drawn | undefined {
  const chunks = chunksOf(bytes, 8 + bytes.readUInt32LE(4)).filter(({ type }) => needed.has(type));
  const [first] = chunks;
  const images = chunks.filter(({ type }) => type === 'VP8 ' || type === 'VP8L');
  const size = images.length === 1 && images[0] ? sizeOf(images[0]) : undefined;
  if (!first || !size) return undefined;
  if (first.type !== 'VP8X') return first === images[0] ? { ...size, bytes: riff([first.whole]) } : undefined;
  if (chunks.filter(({ type }) => type === 'VP8X').length > 1 || first.data.length < 10 || first.data.readUInt8(0) & ANIMATION)
    return undefined;
  const canvas = { width: first.data.readUIntLE(4, 3) + 1, height: first.data.readUIntLE(7, 3) + 1 };
  if (canvas.width !== size.width || canvas.height !== size.height) return undefined;
  return { ...size, bytes: riff([withoutWords(first), ...chunks.slice(1).map(({ whole }) => whole)]) };
}

function chunksOf(bytes: Buffer, end: number): Chunk[] {
  if (end > bytes.length) throw new RangeError('cut off');
  const chunks: Chunk[] = [];
  for (let at = HEAD_BYTES; at < end; ) {
    const length = bytes.readUInt32LE(at + 4);
    const next = at + 8 + length + (length % 2);
    if (next > end) throw new RangeError('cut off');
    chunks.push({
      type: bytes.toString('latin1', at, at + 4),
      data: bytes.subarray(at + 8, at + 8 + length),
      whole: bytes.subarray(at, next),
    });
    at = next;
  }
  return chunks;
}

/** As the pixels themselves say it, lossy (a key frame) or lossless. */
function sizeOf({ type, data }: Chunk): Size | undefined {
  if (type === 'VP8 ') {
    const begins = data.readUInt8(0) % 2 === 0 && data.readUIntBE(3, 3) === 0x9d012a;
    return begins ? { width: data.readUInt16LE(6) & 0x3fff, height: data.readUInt16LE(8) & 0x3fff } : undefined;
  }
  const sides = data.readUInt32LE(1);
  return data.readUInt8(0) === 0x2f ? { width: (sides & 0x3fff) + 1, height: ((sides >>> 14) & 0x3fff) + 1 } : undefined;
}

function withoutWords({ whole }: Chunk): Buffer {
  const chunk = Buffer.from(whole);
  chunk.writeUInt8(chunk.readUInt8(8) & ~(XMP | EXIF), 8);
  return chunk;
}

function riff(chunks: readonly Buffer[]): Buffer {
  const body = Buffer.concat(chunks);
  const head = Buffer.from('RIFF\0\0\0\0WEBP');
  head.writeUInt32LE(body.length + 4, 4);
  return Buffer.concat([head, body]);
}
