import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    // Many tests wait for programs that they started: with two cores vitest would run one file at a time.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Tests say themselves in which mode they run, and what is secret.
    env: {
      CI: '',
      OPENAI_VCR_MODE: '',
      OPENAI_VCR_CASSETTES: '',
      OPENAI_VCR_UPSTREAM: '',
      OPENAI_API_KEY: '',
      USE_REAL_OPENAI: '',
    },
  },
})
