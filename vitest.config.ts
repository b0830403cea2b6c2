import { defineConfig } from 'vitest/config';

const services = ['auth', 'users', 'messages', 'socket-handler', 'notifications'];
/** What may run against parts of the process as well as against servers. */
const throughTheDoors = [
  ...['common', 'client/library', ...services].map((folder) => `${folder}/tests/**/*.test.ts`),
  'tests/two-people.test.ts',
];
/** These speak to the machine's RabbitMQ, whatever the setting. */
const onServersAlone = ['common/src/bus/tests/rabbitmq.test.ts'];
/** These start servers of their own, to take them away: they need the programs, not the machine's servers. */
const faults = ['**/*.fault.test.ts', 'common/src/registry/registry.test.ts'];

/** Servers of their own take their time to start, and to come back: mostly waiting, so that two files get along. */
const slow = { testTimeout: 120_000, hookTimeout: 120_000 };
/** Files of one project share what a worker has loaded, which halves the work: each has a world of its own anyway. */
const quick = { testTimeout: 20_000, hookTimeout: 60_000, isolate: false };

const project = (name: string, include: string[], exclude: string[], options: object) => ({
  test: { name, include, exclude: ['**/node_modules/**', ...exclude], ...options },
});

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      project(
        'unit',
        [
          '*/src/**/*.test.ts',
          'client/library/src/**/*.test.ts',
          'scripts/**/*.test.ts',
          'chaos/**/*.test.ts',
          'infra/tests/**/*.test.ts',
          'bench/**/*.test.ts',
          'fuzz/**/*.test.ts',
        ],
        [...faults, ...onServersAlone],
        quick,
      ),
      project('embedded', throughTheDoors, faults, { env: { PARLEY_SETTING: 'embedded' }, ...quick }),
      project('servers', [...throughTheDoors, ...onServersAlone], faults, { env: { PARLEY_SETTING: 'servers' }, ...quick }),
      project('platform', ['platform/tests/**/*.test.ts', 'tests/**/*.test.ts'], [...faults, ...throughTheDoors], {
        ...slow,
        sequence: { groupOrder: 1 },
      }),
      project('faults', faults, [], { ...slow, sequence: { groupOrder: 1 } }),
      // One browser at a time, with the machine to itself: people do not use two at once either.
      project('browser', ['client/tests/**/*.browser.test.ts'], [], { ...slow, fileParallelism: false, sequence: { groupOrder: 2 } }),
    ],
  },
});
