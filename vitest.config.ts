// The tests of every commit. What takes minutes is named *.long.test.ts and runs by vitest.long.config.ts.

import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/**/*.long.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // two cores are what the CI machine has; a process of its own for each file, so that none sees what another left
    pool: 'forks',
    maxWorkers: 2,
  },
})
