import type { Pool } from 'pg';
import { redisTells } from '../cache/index.ts';
import type { Service as Name } from '../contracts/index.ts';
import { type ClockWitness, clockRight, databaseTells, serviceTells, watchClock } from './clock-guard.ts';
import { EnvironmentError, readTogether } from './env.ts';
import { createLog } from './log.ts';
import { databaseThere, openWorld } from './open-world.ts';
import { withOperations } from './operations.ts';
import { run } from './process.ts';
import { refuse, serve } from './serve.ts';
import { type Needs, readSurroundings, type Surroundings } from './surroundings.ts';
import type { Service, StartService, World } from './world.ts';

/** A service as a process of its own: `await runService('users', readConfig, startUsers)` is all of its main.ts. */
export async function runService<C>(name: Name, readConfig: () => C, start: StartService<C>, needs: Partial<Needs> = {}): Promise<void> {
  const { asks = name === 'auth' ? [] : ['auth'], database = true } = needs;
  const read = readOrSay(name, () => readTogether(() => readSurroundings({ asks, database }), readConfig));
  if (!read) return;
  const [surroundings, config] = read;
  const log = createLog(name, surroundings.LOG_LEVEL, { readable: surroundings.NODE_ENV === 'development' });
  await run(log, async (signal, leave) => {
    await using opening = new AsyncDisposableStack();
    const world = await openWorld(name, surroundings, log, opening);
    const place = createPlace(world);
    const { url } = opening.use(await serve(place.whole, { port: surroundings.PORT, host: surroundings.HOST }));
    if (database) await databaseThere(world.database, world.clock, log, signal);
    const witnesses = clocksOf(surroundings, database ? world.database : undefined);
    await clockRight(world.clock, witnesses, log, signal);
    place.fill(await start(config, world));
    log.info({ url, pod: world.pod }, 'started');
    void watchClock(world.clock, witnesses, (offMs) => leave(`the clock of this machine is wrong by ${Math.round(offMs)} ms`), signal);
    opening.defer(() => place.leave(surroundings));
    return opening.move();
  });
}

/** Two others, on other machines: whoever keeps nothing asks auth, which asks its database. */
const clocksOf = ({ CACHE_URL, AUTH_URL }: Surroundings, database: Pool | undefined): ClockWitness[] => [
  redisTells(CACHE_URL),
  ...(database ? [databaseTells(database)] : AUTH_URL ? [serviceTells(AUTH_URL)] : []),
];

function readOrSay<T>(name: Name, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    process.stderr.write(`${name} can't start. ${error.message}\n`);
    process.exitCode = 1;
    return undefined;
  }
}

/** Listens from the first moment, so that a taken port shows at once and probes are answered while the service starts. */
function createPlace({ metrics, clock }: World) {
  let service: Service | undefined;
  let taking = true;
  const ready = async () => (await service?.ready()) ?? false;
  const whole: Service = {
    ready,
    http: withOperations(
      (request, response) => {
        if (service) service.http(request, response);
        else response.writeHead(503, { 'retry-after': '1' }).end();
      },
      { taking: () => taking, ready, metrics },
    ),
    upgrade(request, socket, head) {
      if (service?.upgrade) service.upgrade(request, socket, head);
      else refuse(socket, '503 Service Unavailable');
    },
    async [Symbol.asyncDispose]() {
      await service?.[Symbol.asyncDispose]();
    },
  };
  return {
    whole,
    fill(started: Service) {
      service = started;
    },
    /** Whoever sends requests here first hears that it should not, and is served until then. */
    async leave({ LINGER_MS }: Surroundings) {
      taking = false;
      await clock.sleep(LINGER_MS);
    },
  };
}
