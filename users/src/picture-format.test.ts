import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canvas, extendedWebp, jpeg, losslessWebp, lossyWebp, pixels, png, pngChunk, riff, segment, webpChunk } from '../tests/album.ts';
import { readPicture } from './picture-format.ts';

test.each([
  ['image/png', png()],
  ['image/png', png(1024, 1)],
  ['image/jpeg', jpeg()],
  ['image/webp', lossyWebp()],
  ['image/webp', losslessWebp()],
  ['image/webp', extendedWebp(1024, 1024)],
])('%s is recognised by its bytes, and kept as it is when it holds nothing else', (mediaType, bytes) => {
  expect(readPicture(bytes)).toEqual({ mediaType, bytes });
});

const script = '<script>alert(document.cookie)</script>';
const withChunk = (type: string) => Buffer.concat([png().subarray(0, 33), pngChunk(type, Buffer.from(script)), png().subarray(33)]);
const exif = Buffer.from('Exif\0\0II*\0 GPSLatitude 52.52 N');
const icc = segment(0xe2, Buffer.from('ICC_PROFILE\0\x01\x01 colours'));
const adobe = segment(0xee, Buffer.from('Adobe\0\x64\0\0\0\0\x01', 'latin1'));

test.each<[string, Buffer, Buffer]>([
  ...['tEXt', 'zTXt', 'iTXt', 'eXIf', 'tIME', 'acTL', 'abCd'].map((type): [string, Buffer, Buffer] => [
    `${type} in a PNG`,
    withChunk(type),
    png(),
  ]),
  ['what is behind the end of a PNG', Buffer.concat([png(), Buffer.from(script)]), png()],
  ['EXIF in a JPEG', jpeg(2, 2, segment(0xe1, exif)), jpeg()],
  ['a comment in a JPEG', jpeg(2, 2, segment(0xfe, Buffer.from(script))), jpeg()],
  ['whatever else a program said in a JPEG', jpeg(2, 2, [...segment(0xe2, exif), ...segment(0xed, exif), ...segment(0xef, exif)]), jpeg()],
  ['a small copy in a JPEG', jpeg(2, 2, segment(0xe0, Buffer.from('JFXX\0\x10 a face'))), jpeg()],
  ['what is behind the end of a JPEG', Buffer.concat([jpeg(), Buffer.from(script)]), jpeg()],
  ['what is between two ends of a JPEG', Buffer.concat([jpeg(), Buffer.from(script), jpeg().subarray(-2)]), jpeg()],
  ['EXIF and XMP in a WebP', extendedWebp(4, 4, 0x0c, webpChunk('EXIF', exif), webpChunk('XMP ', Buffer.from(script))), extendedWebp(4, 4)],
  ['what nobody knows in a WebP', extendedWebp(4, 4, 0, webpChunk('abcd', Buffer.from(script))), extendedWebp(4, 4)],
  ['what is behind the end of a WebP', Buffer.concat([losslessWebp(), Buffer.from(script)]), losslessWebp()],
])('%s is left out', (_, bytes, kept) => {
  expect(readPicture(bytes).bytes).toEqual(kept);
  expect(readPicture(kept).bytes).toEqual(kept);
});

test('how colours are meant stays', () => {
  const coloured = jpeg(2, 2, [...icc, ...adobe]);
  expect(readPicture(coloured).bytes).toEqual(coloured);
});

test.each<[string, Buffer]>([
  ['nothing', Buffer.alloc(0)],
  ['SVG', Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg">${script}</svg>`)],
  ['SVG behind a byte order mark', Buffer.from(`\ufeff<?xml version="1.0"?><svg/>`)],
  ['HTML', Buffer.from(`<html>${script}`)],
  ['GIF', Buffer.from('GIF89a\x01\0\x01\0')],
  ['AVIF', Buffer.from('\0\0\0\x1cftypavif')],
  ['a PNG without its end', png().subarray(0, -12)],
  ['a PNG cut in its middle', png().subarray(0, 40)],
  ['a PNG without pixel data', Buffer.concat([png().subarray(0, 33), pngChunk('IEND', Buffer.alloc(0))])],
  ['a PNG with wrong checksums', Buffer.concat([png().subarray(0, -4), Buffer.alloc(4)])],
  ['a PNG with a part that one has to know', withChunk('ABCD')],
  ['a PNG with two heads', withChunk('IHDR')],
  ['a PNG whose first chunk is another', Buffer.concat([png().subarray(0, 8), png().subarray(33)])],
  ['a PNG without pixels', png(0, 5)],
  ['a JPEG without its end', jpeg().subarray(0, -2)],
  ['a JPEG without a frame', Buffer.concat([jpeg().subarray(0, 20), jpeg().subarray(33)])],
  ['a JPEG that is its beginning', Buffer.from([0xff, 0xd8, 0xff])],
  ['a JPEG with another one in its middle', jpeg(2, 2, [...jpeg()])],
  ['a JPEG of two sizes', jpeg(2, 2, segment(0xc0, [8, 0, 1, 0, 1, 1, 1, 0x11, 0]))],
  ['a JPEG without pixel data', Buffer.concat([jpeg().subarray(0, -4), jpeg().subarray(-2)])],
  ['a WebP that says to be longer', riff(...[losslessWebp().subarray(12)]).subarray(0, -2)],
  ['a WebP that is a canvas alone', riff(canvas(4, 4))],
  ['a WebP whose canvas holds rubbish', riff(canvas(4, 4), webpChunk('VP8L', Buffer.from(script)))],
  ['a WebP whose canvas has another size', riff(canvas(4, 4), pixels(1024, 1024))],
  ['a WebP that moves', extendedWebp(4, 4, 0x02)],
  ['a WebP cut short', lossyWebp().subarray(0, 20)],
  ['a RIFF file that is a sound', Buffer.from('RIFF\x04\0\0\0WAVE')],
])('%s is refused', (_, bytes) => {
  expect(() => readPicture(bytes)).toThrow(expect.objectContaining({ code: 'unsupported-media' }));
});

test.each([png(1025, 1), png(1, 65_535), jpeg(1, 2000), extendedWebp(16_000, 16_000)])(
  'a picture that unpacks to too much is too large',
  (bytes) => {
    expect(() => readPicture(bytes)).toThrow(expect.objectContaining({ code: 'too-large' }));
  },
);

test('whatever bytes come, the answer is a kind of picture or a refusal, at once', () => {
  const starts = [png(), jpeg(), lossyWebp(), losslessWebp(), extendedWebp(4, 4)];
  fc.assert(
    fc.property(fc.constantFrom(...starts), fc.nat(60), fc.uint8Array({ maxLength: 60 }), (start, at, noise) => {
      const bytes = Buffer.concat([start.subarray(0, at), noise, start.subarray(at + noise.length)]);
      try {
        const picture = readPicture(bytes);
        expect(readPicture(picture.bytes)).toEqual(picture);
        expect(picture.bytes.length).toBeLessThanOrEqual(bytes.length);
      } catch (error) {
        expect(error).toMatchObject({ name: 'ParleyError' });
      }
    }),
    { numRuns: 2_000 },
  );
});
