import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

const PURE = ['test/unit/**/*.test.ts', 'test/property/**/*.test.ts', 'test/architecture/**/*.test.ts']

export default defineConfig(({ mode }) => ({
  test: {
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
      TEST_LONG: mode === 'long' ? 'true' : '',
    },
    projects: [
      {
        extends: true,
        // They share their workers: each leaves the environment and the globals as they were.
        test: { name: 'pure', include: PURE, isolate: false, unstubEnvs: true, restoreMocks: true },
      },
      { extends: true, test: { name: 'isolated', include: ['test/**/*.test.ts'], exclude: PURE } },
    ],
  },
}))
