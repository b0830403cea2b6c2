import { once } from 'node:events';
import type { Logger } from './log.ts';

/** Past the longest drain; only then is a process ended that does not end by itself. */
const GRACE_MS = 30_000;

/**
 * Runs something until the platform asks it to stop, then lets it finish what it holds. `signal` is aborted when that
 * happens while it is still starting; `leave` is for what finds out by itself that it had better go. A second Ctrl-C ends it at once.
 */
export async function run(
  log: Logger,
  start: (signal: AbortSignal, leave: (why: string) => void) => Promise<AsyncDisposable>,
): Promise<void> {
  crashOnFaults(log);
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort(name));
  try {
    const running = await start(stop.signal, (why) => stop.abort(why));
    if (!stop.signal.aborted) await once(stop.signal, 'abort');
    log.info({ why: stop.signal.reason }, 'stopping');
    setTimeout(() => {
      log.error('something did not end in time');
      process.exit(1);
    }, GRACE_MS).unref();
    await running[Symbol.asyncDispose]();
    log.info('stopped');
  } catch (error) {
    if (stop.signal.aborted && error === stop.signal.reason) return log.info('stopped while starting');
    log.fatal({ error }, 'failed');
    process.exitCode = 1;
    // What was opened is closed by now; whatever still holds the process must not keep it.
    setTimeout(() => process.exit(), 1_000).unref();
  }
}

/** A process in a state that nobody thought of is worth less than a new one: nothing accepted is lost by ending it. */
function crashOnFaults(log: Logger) {
  const crash = (what: string) => (error: unknown) => {
    log.fatal({ error }, what);
    log.flush();
    process.exit(1);
  };
  process.on('uncaughtException', crash('an exception nobody caught'));
  process.on('unhandledRejection', crash('a rejection nobody handled'));
}
