import { defineConfig } from 'vitest/config';

const integration = 'test/**/*.integration.test.ts';

export default defineConfig({
  test: {
    // Tests wait for disks and processes: the usual one worker less leaves a machine of two cores half idle.
    maxWorkers: '100%',
    projects: [
      { test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: [integration], testTimeout: 30_000 } },
      { test: { name: 'integration', include: [integration], testTimeout: 60_000, hookTimeout: 60_000 } },
      {
        test: {
          name: 'e2e',
          include: ['e2e/**/*.e2e.ts'],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
