import type { TestContext } from 'node:test'
import type { Vcr } from '../../vcr/vcr.ts'
import { cassetteFor, labelOf } from './cassette-for.ts'
import { type EndedContext, watch } from './context.ts'
import { reportFindings } from './diagnostics.ts'
import type { NodeTestSuite } from './suite.ts'
import { runInOwnCassette } from '../own-cassette.ts'
import type { CassetteReport } from '../cassette-report.ts'
import type { RequestOwner } from '../request-owners.ts'
import { refuseOptionsInSuite, type TestCassetteOptions } from '../test-options.ts'
import type { TestOutcome } from '../test-outcome.ts'

/** What a test gets: node:test's context, and its cassette. */
export interface CassetteTestContext extends TestContext {
  /** The test's cassette, open: its journal, its usage, its fetch. */
  readonly vcr: Vcr
}

export type CassetteTestFn = (t: CassetteTestContext) => void | Promise<void>

export interface TestDefinition {
  readonly cassette: TestCassetteOptions
  /** The suite whose cassette it shares; undefined if it has its own. */
  readonly suite: NodeTestSuite | undefined
  readonly fn: CassetteTestFn
}

/** Runs a test until its function has ended. The cassette stays open for subtests and hooks, and is closed after them. */
export async function run(t: TestContext, definition: TestDefinition): Promise<void> {
  const context = t as EndedContext
  const outcome = watch(context)
  const ownCode = Promise.withResolvers<void>()
  const wholeTest = Promise.withResolvers<TestOutcome>()
  const played = runInCassette(t, definition, (owner) => {
    Object.defineProperty(t, 'vcr', { value: owner.vcr })
    void callTest(definition, t).then(ownCode.resolve, ownCode.reject)
    return wholeTest.promise
  })
  played.catch(ownCode.reject)
  const end = async (): Promise<void> => {
    wholeTest.resolve(outcome())
    reportFindings(t, await played, !context.passed)
  }
  let hasEnded = false
  t.after(async () => {
    // When a test times out, nothing else ends it.
    if (!hasEnded) await end()
  })
  try {
    await ownCode.promise
  } finally {
    hasEnded = true
    // Runs after the hooks that the test declared, which may make requests too.
    t.after(end)
  }
}

/** Turns what the test throws synchronously into a rejection. */
async function callTest({ fn }: TestDefinition, t: TestContext): Promise<void> {
  await fn(t as CassetteTestContext)
}

async function runInCassette(
  t: TestContext,
  definition: TestDefinition,
  body: (owner: RequestOwner) => Promise<TestOutcome>,
): Promise<{ readonly failures: readonly Error[]; readonly report?: CassetteReport }> {
  const { cassette, suite } = definition
  if (suite === undefined) return runInOwnCassette(cassetteFor(t, cassette), body)
  const label = labelOf(t)
  refuseOptionsInSuite(label, cassette)
  return { failures: await suite.runTest(definition, label, body) }
}
