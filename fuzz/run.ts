import type { Held } from '../bench/inside.ts';
import { createRandom } from '../chaos/random.ts';
import { ask, throwBytes } from './asking.ts';
import type { BytesInput } from './bytes.ts';
import type { FrameInput, SocketPath } from './frames.ts';
import { type Honest, startTalking } from './honest.ts';
import { inputAt } from './inputs.ts';
import { PATIENCE_MS } from './patience.ts';
import { gather } from './people.ts';
import { type Platform, startPlatform } from './platform.ts';
import type { RequestInput } from './requests.ts';
import { createSender } from './sockets.ts';
import { emptyTally, note, type Tally } from './tally.ts';

export interface RunOptions {
  readonly seed: number;
  /** The first input and the one after the last. */
  readonly from: number;
  readonly to: number;
  /** Takes no new part after so long. */
  readonly minutes: number;
  /** Inputs between two looks. */
  readonly part: number;
  readonly folder: string;
  /** Takes no new part from then on. */
  readonly signal?: AbortSignal;
  /** Told of each part as soon as it is done. */
  readonly done: (part: Part) => void;
}

/** A stretch of inputs, and how the platform was after it. */
export interface Part extends Tally {
  readonly from: number;
  readonly to: number;
  readonly seconds: number;
  readonly held: Held;
  /** What the two who talk all the while saw of each other. */
  readonly honest: { readonly seen: number; readonly longestMs: number };
}

const STRANGERS = 32;
const SENDERS: Readonly<Record<SocketPath, number>> = { '/ws/chat': 12, '/ws/notifications': 4 };
const BATCH = 80;
const ASKING = 24;
const THROWING = 12;

/** One run of a platform from its start to its end; throws when the platform ends before it is told to. */
export async function run({ seed, from, to, minutes, part, folder, signal, done }: RunOptions) {
  const platform = await startPlatform({ folder });
  await using _stopping = platform;
  const { url } = platform;
  const strangers = await gather(url, STRANGERS);
  const honest = await startTalking(url);
  await using _talking = honest;
  const random = createRandom(seed);
  const who = () => strangers.at(random.below(STRANGERS));
  const senders = Object.entries(SENDERS).flatMap(([path, count]) =>
    Array.from({ length: count }, (_, at) => ({
      path: path as SocketPath,
      sender: createSender(path as SocketPath, () => strangers.at(at), strangers.ids[at + 1] as string, url),
    })),
  );
  const host = new URL(url).host;
  const deadline = performance.now() + minutes * 60_000;

  const send = async (begin: number, end: number, tally: Tally) => {
    const inputs = Array.from({ length: end - begin }, (_, at) =>
      inputAt(seed, begin + at, strangers.ids, { host, origin: url, cookie: who().session }),
    );
    const of = <V>(via: string) => inputs.filter((input) => input.via === via) as V[];
    const [frames, requests, bytes] = [of<FrameInput>('frame'), of<RequestInput>('request'), of<BytesInput>('bytes')];
    const batches = Object.keys(SENDERS).flatMap((path) => inBatches(frames.filter((input) => input.path === path)));
    await Promise.all([
      ...senders.map(async ({ path, sender }) => {
        for (let batch = takeOf(batches, path); batch; batch = takeOf(batches, path)) await sender.send(batch, tally);
      }),
      ...atOnce(ASKING, requests, (input) => ask(input, who(), url, tally)),
      ...atOnce(THROWING, bytes, (input) => throwBytes(input, url, tally)),
    ]);
  };

  for (let begin = from; begin < to && performance.now() < deadline && !signal?.aborted; begin += part) {
    const end = Math.min(begin + part, to);
    const tally = emptyTally();
    const started = performance.now();
    await Promise.race([send(begin, end, tally), platform.exited]);
    await mustRun(platform);
    await strangers.renew();
    const seen = heed(platform, honest, tally);
    const held = await lookInto(platform);
    done({ ...tally, from: begin, to: end, seconds: Math.round((performance.now() - started) / 10) / 100, honest: seen, held });
  }
  for (const { sender } of senders) await sender.close();
  const talk = await honest.finish(30_000);
  await new Promise((resolve) => setTimeout(resolve, REST_MS));
  await mustRun(platform);
  const atRest = await lookInto(platform);
  const ended = await platform.stop();
  const after = emptyTally();
  if (ended !== 'exit 0') note(after, `the platform was told to stop, and ended with ${ended}`);
  heed(platform, honest, after);
  return { talk, atRest, findings: after.findings };
}

/** Sockets that were left open are closed within this; then what is held is what stays. */
const REST_MS = 6_000;

/** Takes down what the platform complained of since the last time, and how long honest people waited. */
function heed(platform: Platform, honest: Honest, tally: Tally): Part['honest'] {
  const seen = honest.sinceLast();
  if (seen.longestMs > PATIENCE_MS) note(tally, `honest people waited ${seen.longestMs} ms for a message`);
  for (const line of platform.complaints()) note(tally, `the platform said: ${line.slice(0, 1_000)}`);
  return seen;
}

async function lookInto(platform: Platform): Promise<Held> {
  const held = await platform.look();
  if (!held) throw new Error('the platform could not be looked into any more');
  return held;
}

async function mustRun(platform: Platform) {
  if (platform.running) return;
  throw new Error(`the platform ended (${await platform.exited}):\n${platform.complaints().join('\n')}`);
}

function inBatches(frames: readonly FrameInput[]): FrameInput[][] {
  const batches: FrameInput[][] = [];
  for (let at = 0; at < frames.length; at += BATCH) batches.push(frames.slice(at, at + BATCH));
  return batches;
}

function takeOf(batches: FrameInput[][], path: string): FrameInput[] | undefined {
  const at = batches.findIndex(([first]) => first?.path === path);
  return at < 0 ? undefined : batches.splice(at, 1)[0];
}

function atOnce<T>(count: number, inputs: T[], act: (input: T) => Promise<void>): Promise<void>[] {
  return Array.from({ length: count }, async () => {
    for (let input = inputs.shift(); input !== undefined; input = inputs.shift()) await act(input);
  });
}
