import type { Channel, ChannelModel, GetMessage } from 'amqplib';
import { ParleyError } from '../../contracts/index.ts';
import type { DeadLetter, DeadLetters } from '../bus.ts';
import { packBody } from '../wire.ts';
import { leave, type Names } from './topology.ts';

/** Letters of one queue that are listed. */
const listed = 10_000;
/** Messages that are sent again at once. */
const redriven = 10_000;

interface Lying {
  readonly message: GetMessage;
  readonly letters: readonly DeadLetter[];
}

export const packLetter = (body: unknown, reason: string, at: string) => JSON.stringify({ body, reason, at });

/**
 * The dead letters of all queues lie in one queue. To look is to take them all without saying that they were handled,
 * and to close the channel: then they lie there again.
 */
export class RabbitDeadLetters implements DeadLetters {
  private readonly names: Names;
  private readonly connection: () => ChannelModel | undefined;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(names: Names, connection: () => ChannelModel | undefined) {
    this.names = names;
    this.connection = connection;
  }

  list(queue?: string) {
    return this.look(async (channel) => {
      const found = new Map<string, DeadLetter[]>();
      for await (const { letters } of this.lying(channel, queue)) {
        for (const letter of letters) {
          const ofQueue = found.get(letter.queue) ?? [];
          if (ofQueue.length < listed) ofQueue.push(letter);
          found.set(letter.queue, ofQueue);
        }
      }
      return [...found.values()].flat();
    });
  }

  /** Taken before the first is sent: those that come back at once would never end. */
  redrive(queue?: string) {
    return this.look(async (channel) => {
      const taken: Lying[] = [];
      for await (const one of this.lying(channel, queue)) if (taken.push(one) === redriven) break;
      for (const { message, letters } of taken) {
        await this.send(letters[0]?.queue ?? '', letters);
        channel.ack(message);
      }
      return taken.flatMap(({ letters }) => letters).length;
    });
  }

  /** To the very end: what its author deleted may lie anywhere. What is kept of a message lies there again, and matches no more. */
  erase(matches: (letter: DeadLetter) => boolean, queue?: string) {
    return this.look(async (channel) => {
      let erased = 0;
      for await (const { message, letters } of this.lying(channel, queue)) {
        const kept = letters.filter((letter) => !matches(letter));
        if (kept.length === letters.length) continue;
        if (kept.length > 0) await this.keep(kept);
        channel.ack(message);
        erased += letters.length - kept.length;
      }
      return erased;
    });
  }

  /** One after another: who looks holds the letters, and another one would find none. */
  private look<T>(work: (channel: Channel) => Promise<T>): Promise<T> {
    const looked = this.turn.then(() => this.withChannel(work));
    this.turn = looked.catch(() => {});
    return looked;
  }

  private async withChannel<T>(work: (channel: Channel) => Promise<T>): Promise<T> {
    const channel = await this.channel();
    try {
      return await work(channel);
    } finally {
      await leave(channel);
    }
  }

  private async *lying(channel: Channel, queue: string | undefined): AsyncGenerator<Lying> {
    for (;;) {
      const message = await channel.get(this.names.deadLetters);
      if (message === false) return;
      const letters = lettersOf(message);
      if (letters.length > 0 && (queue === undefined || message.fields.routingKey === queue)) yield { message, letters };
    }
  }

  private async channel() {
    const connection = this.connection();
    if (!connection) throw new ParleyError('bus-away', { retryAfter: 1 });
    const channel = await connection.createChannel();
    channel.on('error', () => {});
    return channel;
  }

  private async send(queue: string, letters: readonly DeadLetter[]) {
    const body = packBody(letters.map((letter) => JSON.stringify(letter.body)));
    const group = /^(.*)\.pods$/.exec(queue)?.[1];
    if (group === undefined) return await this.deliver('', this.names.queue(queue), body);
    await this.deliver(this.names.exchange('message-events'), `all.redriven.${group}.every`, body);
  }

  private async keep(letters: readonly DeadLetter[]) {
    for (const { queue, body, reason, at } of letters)
      await this.deliver(this.names.deadLetters, queue, packBody([packLetter(body, reason, at)]));
  }

  /** Resolves when the broker has it in a queue. */
  private async deliver(exchange: string, key: string, body: string) {
    const connection = this.connection();
    if (!connection) throw new ParleyError('bus-away', { retryAfter: 1 });
    const channel = await connection.createConfirmChannel();
    channel.on('error', () => {});
    let returned = false;
    channel.on('return', () => {
      returned = true;
    });
    channel.publish(exchange, key, Buffer.from(body), { persistent: true, mandatory: true, contentType: 'application/json' });
    await channel.waitForConfirms();
    await leave(channel);
    if (returned) throw new ParleyError('not-found', { message: `Nobody has declared the queue of ${key}.` });
  }
}

/** What the machinery buried says why; what the broker buried (it came back too often) is as it was published. */
function lettersOf(message: GetMessage): DeadLetter[] {
  const { headers = {}, timestamp } = message.properties;
  const queue = message.fields.routingKey;
  const text = message.content.toString();
  const byBroker = headers['x-death'] !== undefined;
  try {
    const entries = JSON.parse(text) as unknown[];
    if (!byBroker) return (entries as Omit<DeadLetter, 'queue'>[]).map(({ body, reason, at }) => ({ queue, body, reason, at }));
    return entries.map((body) => ({ queue, body, reason: 'came back too often', at: String(timestamp ?? '') }));
  } catch {
    return [{ queue, body: text, reason: 'came back too often', at: String(timestamp ?? '') }];
  }
}
