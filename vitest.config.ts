import { defineConfig } from 'vitest/config';
import { forgetOperatorsSettings } from './scripts/environment.mjs';

forgetOperatorsSettings();

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/servers.ts'],
    setupFiles: ['test/support/end-with-parent.ts'],
    // Processes and not threads: some tests send signals or change the working folder.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
