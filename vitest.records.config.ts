import { defineConfig } from 'vitest/config';
import { RECORDS } from './vitest.config.ts';

/** Tests of the store of records that kill, fill and compare for long, and of the commands over it; they need a build. */
export default defineConfig({
  test: {
    include: [...RECORDS],
    globalSetup: ['tests/build.ts'],
    pool: 'threads',
    maxWorkers: '100%',
    testTimeout: 120_000,
  },
});
