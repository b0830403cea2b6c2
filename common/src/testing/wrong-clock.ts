import { readFileSync } from 'node:fs';

/**
 * Loaded into a process with `--import`, it makes its clock wrong by as many milliseconds as the file WRONG_CLOCK says,
 * at any moment. What measures durations is left alone.
 */
const LOOK_EVERY_MS = 250;
const file = process.env.WRONG_CLOCK;
const right = Date;
let off = 0;
const look = () => {
  off = file ? Number(readFileSync(file, 'utf8')) || 0 : 0;
};
look();
setInterval(look, LOOK_EVERY_MS).unref();
const now = () => right.now() + off;

globalThis.Date = new Proxy(right, {
  construct: (target, given, type) => Reflect.construct(target, given.length === 0 ? [now()] : given, type),
  apply: () => new right(now()).toString(),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});
