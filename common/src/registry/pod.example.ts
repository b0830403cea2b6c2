import { testLease, testLog } from '../testing/index.ts';
import { openRedisRegistry } from './index.ts';

/** A pod as a process of its own: what redis.fault.test.ts puts to sleep. Argument: the Redis, the person whose device it has. */
const [url = '', userId = ''] = process.argv.slice(2);
const say = (word: string) => process.stdout.write(`${word}\n`);
const registry = await openRedisRegistry({ url, log: testLog, lease: testLease });
const membership = await registry.join('pods', 'sleeper', () => say('lost'));
await membership.add(userId);
say('registered');
