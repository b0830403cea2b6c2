import { limits, ParleyError } from '@parley/common/contracts';
import { JPEG_BEGINS, readJpeg } from './jpeg.ts';
import { PNG_BEGINS, readPng } from './png.ts';
import { readWebp } from './webp.ts';

export type MediaType = 'image/png' | 'image/jpeg' | 'image/webp';

/** How large a picture is, and the bytes of it that a viewer needs. */
export interface Drawn {
  readonly width: number;
  readonly height: number;
  readonly bytes: Buffer;
}

export interface Picture {
  readonly mediaType: MediaType;
  readonly bytes: Buffer;
}

interface Format {
  readonly mediaType: MediaType;
  readonly begins: (bytes: Buffer) => boolean;
  /** Walks the parts of the picture to its end; undefined when they don't add up. */
  readonly read: (bytes: Buffer) => Drawn | undefined;
}

/**
 * The picture in these bytes, judged by them alone: what the client calls them is not asked. Whole pictures only, of a
 * size that no viewer chokes on when it unpacks them. What tells where and with what it was taken, any other words, and
 * whatever stands behind its end are left out.
 */
export function readPicture(bytes: Buffer): Picture {
  const format = formats.find(({ begins }) => begins(bytes));
  const drawn = format && drawnBy(format, bytes);
  if (!format || !drawn) throw new ParleyError('unsupported-media');
  if (drawn.width < 1 || drawn.height < 1) throw new ParleyError('unsupported-media');
  if (Math.max(drawn.width, drawn.height) > limits.pictureSide) throw new ParleyError('too-large');
  return { mediaType: format.mediaType, bytes: drawn.bytes };
}

function drawnBy({ read }: Format, bytes: Buffer): Drawn | undefined {
  try {
    return read(bytes);
  } catch (error) {
    // Read beyond the end: cut off.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const ascii = (bytes: Buffer, from: number, to: number) => bytes.toString('latin1', from, to);

const formats: readonly Format[] = [
  { mediaType: 'image/png', begins: (bytes) => ascii(bytes, 0, 8) === PNG_BEGINS, read: readPng },
  { mediaType: 'image/jpeg', begins: (bytes) => ascii(bytes, 0, 3) === JPEG_BEGINS, read: readJpeg },
  { mediaType: 'image/webp', begins: (bytes) => ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP', read: readWebp },
];
