import type { TestContext } from 'node:test'
import type { Vcr } from '../../vcr/vcr.ts'
import { castingOf, labelOf } from './casting.ts'
import { type EndedContext, watch } from './context.ts'
import { tell } from './report.ts'
import type { CassetteSuite } from './suite.ts'
import { runInOwnCassette } from '../own-cassette.ts'
import type { CassetteReport } from '../report.ts'
import type { Runner } from '../running.ts'
import { refuseOptionsInSuite, type TestCassetteOptions } from '../test-options.ts'
import type { Ran } from '../verdict.ts'

/** What a test gets: node:test's context, and its cassette. */
export interface CassetteTestContext extends TestContext {
  /** The test's cassette, open: its journal, its usage, its fetch. */
  readonly vcr: Vcr
}

export type CassetteTestFn = (t: CassetteTestContext) => void | Promise<void>

export interface Definition {
  readonly cassette: TestCassetteOptions
  /** Whose cassette it shares; undefined when it has its own. */
  readonly suite: CassetteSuite | undefined
  readonly fn: CassetteTestFn
}

/** Runs a test until its function has ended. Subtests and hooks may go on in its cassette: that is closed after them. */
export async function run(t: TestContext, definition: Definition): Promise<void> {
  const context = t as EndedContext
  const ran = watch(context)
  const own = Promise.withResolvers<void>()
  const all = Promise.withResolvers<Ran>()
  const played = runInCassette(t, definition, (runner) => {
    Object.defineProperty(t, 'vcr', { value: runner.vcr })
    void begin(definition, t).then(own.resolve, own.reject)
    return all.promise
  })
  played.catch(own.reject)
  const end = async (): Promise<void> => {
    all.resolve(ran())
    tell(t, await played, !context.passed)
  }
  let hasEnded = false
  t.after(async () => {
    // One that has timed out has nothing else that would end it.
    if (!hasEnded) await end()
  })
  try {
    await own.promise
  } finally {
    hasEnded = true
    // After the hooks that the test has declared: these may ask, too.
    t.after(end)
  }
}

async function begin({ fn }: Definition, t: TestContext): Promise<void> {
  await fn(t as CassetteTestContext)
}

async function runInCassette(
  t: TestContext,
  definition: Definition,
  body: (runner: Runner) => Promise<Ran>,
): Promise<{ readonly failures: readonly Error[]; readonly report?: CassetteReport }> {
  const { cassette, suite } = definition
  if (suite === undefined) return runInOwnCassette(castingOf(t, cassette), body)
  const label = labelOf(t)
  refuseOptionsInSuite(label, cassette)
  return { failures: await suite.runTest(definition, label, body) }
}
