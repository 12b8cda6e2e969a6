import { openaiVcr } from 'openai-vcr/vitest/plugin'
import { defineConfig } from 'vitest/config'
import { decorators } from './decorators.ts'

if (process.env['USE_REAL_OPENAI'] === 'true' && process.env['RUN_INTEGRATION_TESTS'] !== 'true') {
  throw new Error('USE_REAL_OPENAI=true spends money: set RUN_INTEGRATION_TESTS=true as well')
}

// Its summary tells what was played in process: nothing, where a server plays.
const summary = process.env['AGENT_SUITE_VIA'] === 'server' ? [] : [openaiVcr()]

export default defineConfig({
  plugins: [decorators(), ...summary],
  test: {
    include: ['test/*.test.ts'],
    setupFiles: [`${import.meta.dirname}/../loopback-only.ts`],
    globalSetup: [`${import.meta.dirname}/servers.ts`],
    // The files share nothing but what they import, and that is most of the time that they take.
    isolate: false,
    // A model may think for a while.
    testTimeout: 60_000,
  },
})
