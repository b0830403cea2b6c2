import { parseArgs } from 'node:util';
import { createLog, run } from '@parley/common/server';
import { startCluster } from './cluster.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8080' },
    instances: { type: 'string', default: '2' },
    data: { type: 'string', default: '.data/cluster' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  console.log(`npm run cluster -- [options]

  Every service as processes of its own, behind NGINX, with a PostgreSQL, a RabbitMQ and a Redis that it starts itself.
  It needs the programs nginx, rabbitmq-server and redis-server.

  --port <number>       where NGINX listens (8080)
  --instances <number>  processes of each service (2)
  --data <folder>       data and logs (.data/cluster)`);
} else {
  await run(createLog('cluster', 'warn', { readable: true }), async (signal) => {
    const cluster = await startCluster({
      folder: values.data,
      port: Number(values.port),
      instances: Number(values.instances),
      signal,
      tell: (what) => console.log(`  ${what}`),
    });
    console.log(`\nParley's cluster is ready at ${cluster.url}\nIts logs are in ${values.data}/logs. Ctrl-C stops it.`);
    return cluster;
  });
}
