import { defineConfig } from 'vitest/config';

/** Tests that compare an engine with Kubernetes' own Go libraries; they build testbed/oracle first and need Go. */
export default defineConfig({
  test: {
    include: ['tests/differential/**/*.test.ts'],
    globalSetup: ['tests/differential/build-oracle.ts'],
    pool: 'threads',
    fileParallelism: false,
    testTimeout: 600_000,
  },
});
