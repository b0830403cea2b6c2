/**
 * How many messages the broker carries for one chat message, with 1, 2 and 4 pods of every service: counted at the
 * publishers. `PARLEY_SETTING=servers node bench/broker-messages.ts [pods …]`; needs the servers that tests use.
 */
import { until } from '@parley/common/testing';
import amqp from 'amqplib';
import { startChat } from '../tests/chat.ts';

const MESSAGES = 50;
const counted = new Map<string, number>();
await countPublications();

const pods = process.argv.slice(2).map(Number);
for (const count of pods.length > 0 ? pods : [1, 2, 4]) {
  const chat = await startChat({ pods: count });
  const [alice, bob] = [await chat.signUp('Alice'), await chat.signUp('Bob')];
  const hers = await chat.device(alice);
  await chat.device(bob);
  await hers.say(bob, 'Hello');
  await until(() => hers.held(bob).marks[bob.me.userId]?.delivered === 1);
  counted.clear();
  for (let seq = 2; seq <= MESSAGES + 1; seq++) {
    await hers.say(bob, `${seq}`);
    // One after the other, so that nothing shares a message with the next.
    await until(() => hers.held(bob).marks[bob.me.userId]?.delivered === seq);
  }
  const all = [...counted].sort(([one], [other]) => one.localeCompare(other)).map(([name, number]) => `${name} ${number / MESSAGES}`);
  const sum = [...counted.values()].reduce((one, other) => one + other, 0) / MESSAGES;
  process.stdout.write(`${count} pods of each: ${sum} a message, with its delivered receipt (${all.join(', ')})\n`);
  await chat[Symbol.asyncDispose]();
}

/** Every channel that is opened from here on counts what is published on it, by the name and the group it is for. */
async function countPublications() {
  const connection = await amqp.connect(process.env['TEST_BROKER_URL'] ?? 'amqp://127.0.0.1:5672');
  const channel = Object.getPrototypeOf(await connection.createConfirmChannel()) as {
    publish(exchange: string, key: string, ...rest: unknown[]): boolean;
  };
  const { publish } = channel;
  channel.publish = function (exchange, key, ...rest) {
    const [family, what, to] = key.split('.');
    const name = `${family}.${what}${to === undefined ? '' : ` to ${/^\d+$/.test(to) ? 'a shard' : `a pod of ${to}`}`}`;
    counted.set(name, (counted.get(name) ?? 0) + 1);
    return publish.call(this, exchange, key, ...rest);
  };
  await connection.close();
}
