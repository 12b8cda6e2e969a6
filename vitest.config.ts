import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/** Projects whose files share a worker: they leave the environment and the globals as they found them. */
const SHARED: Readonly<Record<string, readonly string[]>> = {
  // No test of these starts a process.
  pure: ['unit', 'property', 'architecture'],
  whole: ['contract', 'e2e', 'fetch', 'sdk', 'stand-in', 'testing', 'traffic'],
  // They refuse every connection to another machine, for good.
  frameworks: ['frameworks'],
}

const filesOf = (folders: readonly string[]): string[] =>
  folders.map((folder) => `test/${folder}/**/*.test.ts`)

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
    unstubEnvs: true,
    restoreMocks: true,
    projects: [
      ...Object.entries(SHARED).map(([name, folders]) => ({
        extends: true as const,
        test: { name, include: filesOf(folders), isolate: false },
      })),
      {
        extends: true,
        test: {
          name: 'isolated',
          include: ['test/**/*.test.ts'],
          exclude: filesOf(Object.values(SHARED).flat()),
        },
      },
    ],
  },
}))
