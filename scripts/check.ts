import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

/** Everything that has to hold before a change is done; `.ci/run` runs the same. `--without-tests`: only what reads the code. */
const root = resolve(import.meta.dirname, '..');
const steps: Record<string, readonly string[]> = {
  types: ['node_modules/typescript/lib/tsc.js', '-p', '.'],
  'lint and format': ['node_modules/@biomejs/biome/bin/biome', 'ci', '--error-on-warnings', '.'],
  tests: ['scripts/test.ts'],
};
if (process.argv.includes('--without-tests')) delete steps.tests;

for (const [name, command] of Object.entries(steps)) {
  console.log(`\n— ${name}`);
  const { status } = spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' });
  if (status === 0) continue;
  console.error(`\n${name}: not as it should be.`);
  process.exitCode = 1;
  break;
}
