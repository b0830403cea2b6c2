import { parseArgs } from 'node:util';
import { type DeadLetter, type DeadLetters, embeddedDeadLetters, openRabbitBus } from '../common/src/bus/index.ts';
import { openDatabase } from '../common/src/database/index.ts';
import { createLog } from '../common/src/server/index.ts';

const usage = `What could not be handled, and its second chance. Usage: npm run dead-letters -- <command>

  list [queue] [--bodies]    what lies there, the oldest first; --bodies shows what people wrote, too
  redrive [queue]            sends it to the end of its queue again

BROKER_URL says where RabbitMQ is; in embedded mode DATABASE_URL says where the bus has its database (parley_bus).`;

const { values, positionals } = parseArgs({ allowPositionals: true, options: { bodies: { type: 'boolean' }, help: { type: 'boolean' } } });
const [command, queue] = positionals;
const { BROKER_URL, DATABASE_URL } = process.env;

const nameOf = ({ body }: DeadLetter) => (typeof body === 'object' && body !== null && 'name' in body ? String(body.name) : 'no fact');

async function list(letters: DeadLetters) {
  for (const letter of await letters.list(queue)) {
    console.log(
      [letter.at, letter.queue, nameOf(letter), letter.reason, ...(values.bodies ? [JSON.stringify(letter.body)] : [])].join('\t'),
    );
  }
}

async function redrive(letters: DeadLetters) {
  console.log(`${await letters.redrive(queue)} sent again.`);
}

const work = { list, redrive }[command ?? ''];
if (values.help || !work || !(BROKER_URL || DATABASE_URL)) {
  console.log(usage);
  process.exitCode = values.help ? 0 : 1;
} else {
  const log = createLog('dead-letters', 'fatal');
  await using stack = new AsyncDisposableStack();
  const letters = BROKER_URL ? await onBroker(BROKER_URL) : inDatabase(DATABASE_URL ?? '');
  await work(letters).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });

  async function onBroker(url: string) {
    return stack.use(await openRabbitBus({ url, log, name: 'dead-letters' })).deadLetters;
  }

  function inDatabase(url: string) {
    const database = openDatabase({ url, name: 'dead-letters', log, pool: 1 });
    stack.defer(() => database.end());
    return embeddedDeadLetters(database, log);
  }
}
