import { crc32, deflateSync } from 'node:zlib';

/** A face in a few flat shapes. Colours are #rrggbb; `sky` runs from top to bottom. */
export interface Portrait {
  readonly sky: readonly [string, string];
  readonly skin: string;
  readonly hair: string;
  readonly shirt: string;
  readonly style: 'short' | 'long' | 'bun' | 'bob' | 'curly';
}

type Colour = readonly [number, number, number];
/** How much of a point the shape covers, 0 to 1; the picture is one wide and one high. */
type Shape = (x: number, y: number) => number;

const SIDE = 256;
/** Edges are this soft, in pixels. */
const SOFT = 1.5;

const colour = (text: string): Colour => [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16)) as unknown as Colour;
const mix = (under: Colour, over: Colour, share: number) =>
  under.map((value, i) => value + ((over[i] as number) - value) * share) as unknown as Colour;
const edge = (inside: number) => Math.min(1, Math.max(0, (inside * SIDE) / SOFT + 0.5));

const ellipse =
  (cx: number, cy: number, rx: number, ry: number): Shape =>
  (x, y) =>
    edge((1 - Math.hypot((x - cx) / rx, (y - cy) / ry)) * Math.min(rx, ry));
const box =
  (left: number, top: number, right: number, bottom: number): Shape =>
  (x, y) =>
    edge(Math.min(x - left, right - x, y - top, bottom - y));
const both =
  (...shapes: readonly Shape[]): Shape =>
  (x, y) =>
    Math.max(...shapes.map((shape) => shape(x, y)));
const above =
  (shape: Shape, line: number): Shape =>
  (x, y) =>
    Math.min(shape(x, y), edge(line - y));

const cap = above(ellipse(0.5, 0.4, 0.205, 0.215), 0.36);
const curls = Array.from({ length: 9 }, (_, i) => {
  const turn = Math.PI * (1 + i / 8);
  return ellipse(0.5 + 0.19 * Math.cos(turn), 0.38 + 0.19 * Math.sin(turn), 0.075, 0.075);
});

/** What falls behind the face, and what lies on it. */
const hair: Readonly<Record<Portrait['style'], readonly [Shape, Shape]>> = {
  short: [ellipse(0.5, 0.37, 0.2, 0.2), cap],
  long: [both(ellipse(0.5, 0.42, 0.235, 0.25), box(0.265, 0.42, 0.735, 0.74)), cap],
  bun: [both(ellipse(0.5, 0.16, 0.085, 0.085), ellipse(0.5, 0.38, 0.2, 0.2)), cap],
  bob: [both(ellipse(0.5, 0.4, 0.235, 0.235), box(0.265, 0.4, 0.735, 0.58)), above(ellipse(0.5, 0.4, 0.205, 0.215), 0.395)],
  curly: [both(...curls, ellipse(0.5, 0.36, 0.2, 0.19)), above(both(...curls), 0.33)],
};

/** The portrait as a PNG, drawn point by point. */
export function drawPortrait(portrait: Portrait): Buffer<ArrayBuffer> {
  const [behind, before] = hair[portrait.style];
  const [top, bottom] = portrait.sky.map(colour) as [Colour, Colour];
  const [skin, dark, shirt] = [portrait.skin, portrait.hair, portrait.shirt].map(colour) as [Colour, Colour, Colour];
  const eyes = both(ellipse(0.425, 0.425, 0.018, 0.022), ellipse(0.575, 0.425, 0.018, 0.022));
  const ring = ellipse(0.5, 0.475, 0.075, 0.065);
  const smile: Shape = (x, y) => Math.min(ring(x, y), 1 - ellipse(0.5, 0.46, 0.082, 0.065)(x, y), edge(y - 0.48));
  const layers: readonly (readonly [Shape, Colour])[] = [
    [behind, dark],
    [ellipse(0.5, 1.02, 0.36, 0.32), shirt],
    [both(box(0.43, 0.55, 0.57, 0.73), ellipse(0.5, 0.73, 0.07, 0.05)), mix(skin, [60, 30, 20], 0.18)],
    [ellipse(0.5, 0.42, 0.185, 0.215), skin],
    [before, dark],
    [eyes, [40, 28, 24]],
    [smile, mix(skin, [90, 20, 20], 0.65)],
  ];
  const rows = Buffer.alloc(SIDE * (1 + SIDE * 3));
  for (let y = 0, at = 0; y < SIDE; y += 1) {
    at += 1;
    for (let x = 0; x < SIDE; x += 1) {
      const point = [(x + 0.5) / SIDE, (y + 0.5) / SIDE] as const;
      const seen = layers.reduce((under, [shape, over]) => mix(under, over, shape(...point)), mix(top, bottom, point[1]));
      for (const value of seen) rows[at++] = Math.round(value);
    }
  }
  return png(rows);
}

function png(rows: Buffer): Buffer<ArrayBuffer> {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(SIDE, 0);
  header.writeUInt32BE(SIDE, 4);
  // Eight bits each of red, green and blue.
  header.set([8, 2], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
