import { crc32 } from 'node:zlib';
import type { Drawn } from './picture-format.ts';

export const PNG_BEGINS = '\x89PNG\r\n\x1a\n';
const HEADER_BYTES = 13;

/** What a viewer needs: size, palette, pixels, transparency and how colours are meant. Times, words and EXIF are none of it. */
const needed = new Set(['IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS', 'gAMA', 'cHRM', 'sRGB', 'iCCP', 'cICP', 'sBIT']);

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
  /** With its length and checksum. */
  readonly whole: Buffer;
}

/** Chunks: length, type, data, checksum; from IHDR to IEND. */
export function readPng(bytes: Buffer): Drawn | undefined {
  const kept: Chunk[] = [];
  for (let at = PNG_BEGINS.length; kept.at(-1)?.type !== 'IEND'; ) {
    const chunk = chunkAt(bytes, at);
    if (!chunk || !(needed.has(chunk.type) || mayBeLeftOut(chunk.type))) return undefined;
    if (needed.has(chunk.type)) kept.push(chunk);
    at += chunk.whole.length;
  }
  const [header, ...rest] = kept;
  if (header?.type !== 'IHDR' || header.data.length !== HEADER_BYTES || rest.some(({ type }) => type === 'IHDR')) return undefined;
  if (!rest.some(({ type, data }) => type === 'IDAT' && data.length > 0)) return undefined;
  return {
    width: header.data.readUInt32BE(0),
    height: header.data.readUInt32BE(4),
    bytes: Buffer.concat([bytes.subarray(0, PNG_BEGINS.length), ...kept.map(({ whole }) => whole)]),
  };
}

function chunkAt(bytes: Buffer, at: number): Chunk | undefined {
  const end = at + 8 + bytes.readUInt32BE(at);
  if (bytes.readUInt32BE(end) !== crc32(bytes.subarray(at + 4, end))) return undefined;
  return { type: bytes.toString('latin1', at + 4, at + 8), data: bytes.subarray(at + 8, end), whole: bytes.subarray(at, end + 4) };
}

/** A small first letter says so; what a viewer must know and we don't is no picture for us. */
const mayBeLeftOut = (type: string) => /^[a-z][A-Za-z]{3}$/.test(type);
