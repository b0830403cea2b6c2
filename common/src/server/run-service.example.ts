import { z } from 'zod';
import { readEnvironment } from './env.ts';
import { runService } from './run-service.ts';
import type { StartService } from './world.ts';

/** The smallest service there is: what run-service.test.ts runs. */
const startExample: StartService<{ readonly greeting: string }> = async ({ greeting }) => {
  const slow = Promise.withResolvers<void>();
  let begun = false;
  return {
    ready: () => true,
    async http(request, response) {
      if (request.url === '/crash') void Promise.reject(new Error('oh'));
      if (request.url === '/go-on') slow.resolve();
      if (request.url === '/begun' && !begun) response.statusCode = 404;
      if (request.url !== '/slow') return void response.end(greeting);
      begun = true;
      await slow.promise;
      response.end('done');
    },
    async [Symbol.asyncDispose]() {},
  };
};

await runService('users', () => ({ greeting: readEnvironment(z.object({ GREETING: z.string() })).GREETING }), startExample);
