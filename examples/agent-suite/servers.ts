import { startServer } from 'openai-vcr/server'
import type { TestProject } from 'vitest/node'
import { type Kind, REPEATING, TIMED } from './test/support/kinds.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where each kind of test finds its server; undefined where tests are answered in process. */
    servers: Readonly<Record<Kind, string>> | undefined
  }
}

/** Starts the standalone servers, one for each kind of test: for all test files, in vitest's own process. */
export default async function serve(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (process.env['AGENT_SUITE_VIA'] !== 'server') {
    project.provide('servers', undefined)
    return undefined
  }
  const dir = `${import.meta.dirname}/cassettes`
  const usual = await startServer({ dir })
  const timed = await startServer({ dir, ...TIMED.cassette })
  const repeating = await startServer({ dir, ...REPEATING.cassette })
  project.provide('servers', { usual: usual.url, timed: timed.url, repeating: repeating.url })
  return async () => {
    for (const server of [usual, timed, repeating]) await server.close()
  }
}
