import pg from 'pg';
import { pino } from 'pino';
import { type Bus, type Heard, openEmbeddedBus, openRabbitBus } from '../index.ts';
import { numberOf, registered, sent, upTo } from './examples.ts';

/** A process to be killed: it publishes without end and says of each fact when it is safe, and of each it hears when it is done. */
export interface ChildOptions {
  readonly ground: { readonly database: string } | { readonly url: string; readonly namespace: string };
  /** Take the first batch and never be done with it. */
  readonly hang: boolean;
  /** Publish to a shard. */
  readonly shard?: boolean;
}

const { ground, hang, shard = false } = JSON.parse(process.argv[2] ?? '{}') as ChildOptions;
const log = pino({ enabled: false });
const say = (word: string, number: number) => process.stdout.write(`${word} ${number}\n`);

async function open(): Promise<Bus> {
  if ('database' in ground) return openEmbeddedBus({ database: new pg.Pool({ connectionString: ground.database, max: 4 }), log });
  return openRabbitBus({ ...ground, log });
}

const bus = await open();
const handle = async (batch: readonly Heard[]) => {
  if (hang) {
    say('took', batch.length);
    return new Promise<void>(() => {});
  }
  for (const fact of batch) say('handled', numberOf(fact));
};
if (shard) await bus.hear({ kind: 'shards', queue: 'messages', shards: 1, names: ['message.sent'], batch: 20, handle });
else await bus.hear({ kind: 'shared', queue: 'users', names: ['user.registered'], batch: 20, handle });
const give = (number: number) =>
  shard ? bus.publish('message.sent', sent(number), { to: { shard: 0 } }) : bus.publish('user.registered', registered(number));
for (let first = 1; ; first += 10) {
  const publish = (number: number) => give(number).then(() => say('safe', number));
  await Promise.all(upTo(first + 9, first).map(publish));
}
