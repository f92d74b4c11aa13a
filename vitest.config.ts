import { defineConfig } from 'vitest/config';

/** Tests of the built command and of the package; only they need a build, which vitest makes before the first of them. */
const BUILT = [
  'tests/access-escalate.test.ts',
  'tests/access.test.ts',
  'tests/audit.test.ts',
  'tests/cli.test.ts',
  'tests/diff.test.ts',
  'tests/network-exposure.test.ts',
  'tests/network-connections-truth.test.ts',
  'tests/network-picture.test.ts',
  'tests/network-problems.test.ts',
  'tests/network-generate.test.ts',
  'tests/network-mesh.test.ts',
  'tests/network.test.ts',
  'tests/package.test.ts',
  'tests/readme.test.ts',
  'tests/records-command.test.ts',
];

/** Left to a suite of their own (vitest.records.config.ts), so that this one stays quick. */
export const RECORDS = [
  'src/guard/collector/follow/follower.test.ts',
  'src/records/completeness/completeness.test.ts',
  'src/records/store/local-reader.test.ts',
  'src/records/store/reader-faults.test.ts',
  'src/records/store/recovery.test.ts',
  'src/records/store/store-writer.test.ts',
  'src/records/store/upkeep.test.ts',
  'src/records/store/writer-process.test.ts',
  'tests/records.test.ts',
  'tests/usage.test.ts',
];

const shared = { pool: 'threads', isolate: false, testTimeout: 60_000 } as const;

export default defineConfig({
  test: {
    // Vitest leaves one core free, which on two cores is every second.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          ...shared,
          name: 'source',
          include: ['src/**/*.test.ts', 'tests/**/*.test.ts'],
          exclude: ['tests/differential/**', 'tests/cluster/**', 'node_modules/**', ...BUILT, ...RECORDS],
        },
      },
      { test: { ...shared, name: 'built', include: BUILT, globalSetup: ['tests/build.ts'] } },
    ],
  },
});
