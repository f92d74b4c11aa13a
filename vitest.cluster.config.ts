import { defineConfig } from 'vitest/config';

/**
 * Tests against a real control plane (testbed/), which all files share; the first run on a machine builds it with Go.
 * Files run one after another: they share two cores with the control plane.
 */
export default defineConfig({
  test: {
    include: ['tests/cluster/**/*.test.ts'],
    globalSetup: ['tests/cluster/start.ts'],
    pool: 'threads',
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
