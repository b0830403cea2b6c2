import { mkdtempSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseCLI, startVitest, type TestCase, type Vitest } from 'vitest/node';
import { startPostgres } from '../platform/src/postgres/postgres.ts';
import { look, type Machine } from './machine.ts';

/**
 * All tests, in the settings that this machine allows: `embedded` needs nothing, `servers` needs RabbitMQ and Redis.
 * With CI=true nothing may be missing and nothing may be skipped. What follows on the command line chooses files.
 */
const root = resolve(import.meta.dirname, '..');
const complete = process.env.CI === 'true';
/** So many files are looked at again; when more fail there is a reason, and no need to look. */
const UNSTEADY_FILES = 5;

const machine = await look();
await using _postgres = machine.postgres ? undefined : await postgresOfOurOwn();
const { projects, left } = choose(machine);
for (const reason of left) console.log(`Not here: ${reason}`);
if (complete && left.length > 0) {
  console.error('CI=true demands everything.');
  process.exitCode = 1;
} else {
  const { filter, options } = parseCLI(['vitest', 'run', ...process.argv.slice(2)]);
  const vitest = await startVitest('test', filter, { project: projects, ...options, root, run: true, watch: false });
  const unsteady = complete ? await lookAgain(vitest) : new Set<string>();
  for (const name of unsteady) console.log(`Unsteady, which is a bug of it or of what it tests: ${name}`);
  report(vitest, left, unsteady);
  await vitest.close();
}

/**
 * Continuous integration decides about a change: the files in which something failed get one more run. What fails in both has
 * failed; what fails in one of them only is unsteady, and is named whatever comes of it. Answers with these names.
 */
async function lookAgain(vitest: Vitest) {
  const files = brokenFiles(vitest);
  if (files.length === 0 || files.length > UNSTEADY_FILES) return new Set<string>();
  const first = brokenNames(vitest);
  for (const name of first) console.log(`Looking again at: ${name}`);
  const again = files.flatMap(({ moduleId, project }) =>
    vitest.getModuleSpecifications(moduleId).filter((specification) => specification.project.name === project.name),
  );
  process.exitCode = 0;
  await vitest.runTestSpecifications(again);
  process.exitCode = 0;
  return first.symmetricDifference(brokenNames(vitest));
}

function brokenFiles(vitest: Vitest) {
  return vitest.state.getTestModules().filter((module) => !module.ok());
}

/** Of the tests that failed, and of the files that failed outside of one; each with its setting. */
function brokenNames(vitest: Vitest) {
  return new Set(
    brokenFiles(vitest).flatMap((module) => {
      const failed = Array.from(module.children.allTests('failed'), nameOf);
      if (failed.length === 0 || module.errors().length > 0) failed.push(relative(root, module.moduleId));
      return failed.map((name) => `${name} (${module.project.name})`);
    }),
  );
}

function choose({ rabbitmq, redis, chromium, binaries }: Machine) {
  const projects = ['unit', 'embedded', 'platform'];
  const left: string[] = [];
  const away = [!rabbitmq && 'RabbitMQ', !redis && 'Redis'].filter(Boolean).join(' and ');
  if (away) left.push(`the setting "servers" (${away} not answering on this machine)`);
  else projects.push('servers');
  const missing = Object.entries(binaries).filter(([, there]) => !there);
  if (missing.length > 0) left.push(`the fault tests (not installed: ${missing.map(([name]) => name).join(', ')})`);
  else projects.push('faults');
  if (chromium) projects.push('browser');
  else left.push('the tests in a browser, client/tests (no Chromium found on this machine)');
  return { projects, left };
}

async function postgresOfOurOwn() {
  const folder = mkdtempSync(join(root, '.cache', 'postgres-'));
  console.log('No PostgreSQL answers on 127.0.0.1:5432; starting one for these tests.');
  const postgres = await startPostgres({
    folder,
    password: 'for-tests',
    signal: new AbortController().signal,
    tell: () => {},
    // Gone after the tests, so nothing has to outlive a power cut.
    settings: { fsync: 'off', full_page_writes: 'off' },
  });
  process.env.TEST_DATABASE_URL = postgres.url('postgres');
  return {
    async [Symbol.asyncDispose]() {
      await postgres[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function report(vitest: Vitest, left: readonly string[], unsteady: ReadonlySet<string>) {
  const modules = vitest.state.getTestModules();
  const tests = modules.flatMap((module) => Array.from(module.children.allTests()));
  const passed = tests.filter((test) => test.result().state === 'passed');
  const failed = [...brokenNames(vitest)].filter((name) => !unsteady.has(name)).length + vitest.state.getUnhandledErrors().length;
  // A test that is for one setting alone is not skipped when it ran there.
  const ran = new Set(passed.map(nameOf));
  const skipped = tests.filter((test) => test.result().state === 'skipped' && !ran.has(nameOf(test)));
  for (const test of skipped) console.log(`Skipped: ${nameOf(test)}`);
  for (const reason of left) console.log(`Left out: ${reason}`);
  console.log(`${passed.length} passed, ${failed} failed, ${skipped.length} skipped`);
  if (failed > 0 || (complete && skipped.length > 0)) process.exitCode = 1;
}

function nameOf(test: TestCase): string {
  return `${relative(root, test.module.moduleId)} › ${test.fullName}`;
}
