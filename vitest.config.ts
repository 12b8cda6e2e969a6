import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
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
