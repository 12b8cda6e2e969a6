import { type Interception, interceptBy } from '../adapters/intercept/layers.ts'
import type { JournalEntry } from '../engine/journal.ts'
import { RUNNER_ACCESS, type ScopedCassette, type Vcr } from '../vcr/vcr.ts'
import { ANSWERER } from '../engine/exchange/answerer.ts'
import { type CassetteChoice, closeChosen, hostsFor, openChosen } from './cassette-choice.ts'

import { type CassetteRun, reportOf } from './cassette-report.ts'
import { answererFor, type RequestOwner, runAsSuite, runAsTest } from './request-owners.ts'
import { unansweredError, isUnanswered, unrecordedError, type TestOutcome } from './test-outcome.ts'

/** A suite's cassette, for the code in the suite. */
export interface SuiteCassette {
  /**
   * The open cassette: in a test that test's view of it, in a hook of the suite the hooks'.
   * @throws UsageError outside both
   */
  readonly vcr: Vcr
}

/** How a suite ended, apart from the tests that ran in its cassette. */
export interface SuiteOutcome {
  /** Whether one of its hooks failed, or a test in all its attempts. */
  readonly failed: boolean
  /** How many of its tests did not run and would have used the cassette. */
  readonly left: number
}

/** One cassette for a suite: its hooks and tests share one session, in their order. */
export class SharedCassette {
  readonly #choice: CassetteChoice
  readonly #vcr: Vcr
  readonly #interception: Interception
  readonly #hooks: RequestOwner
  readonly #undone = new Set<JournalEntry>()
  readonly #attempts = new Map<object, { readonly scope: ScopedCassette; passed: boolean }>()

  private constructor(
    choice: CassetteChoice,
    vcr: Vcr,
    interception: Interception,
    outer: RequestOwner | undefined,
  ) {
    this.#choice = choice
    this.#vcr = vcr
    this.#interception = interception
    this.#hooks = this.#owner(choice.label, vcr[RUNNER_ACCESS].scope(), outer)
  }

  /** @throws UsageError, CassetteError when it cannot be opened */
  static async open(choice: CassetteChoice, outer: RequestOwner | undefined): Promise<SharedCassette> {
    const vcr = await openChosen(choice)
    return new SharedCassette(choice, vcr, await interceptBy(answererFor), outer)
  }

  /**
   * Runs the suite, and closes the cassette. What was recorded is kept if all of the suite passed.
   * @param body runs its hooks and tests; it must not throw
   */
  async runSuite(body: (owner: RequestOwner) => Promise<SuiteOutcome>): Promise<CassetteRun> {
    try {
      const suite = await runAsSuite(this.#hooks, () => body(this.#hooks))
      const { vcr, unattributed } = this.#hooks
      const outcome: TestOutcome = { state: suite.failed ? 'failed' : 'passed', errors: [] }
      const unanswered = unansweredError(vcr.journal, unattributed, outcome)
      const tests = [...this.#attempts.values()]
      const isFine = !suite.failed && unanswered === undefined && tests.every((test) => test.passed)
      const isUndone = (entry: JournalEntry): boolean => this.#undone.has(entry)
      const failure = unanswered ?? (isFine ? await unrecordedError(this.#vcr, isUndone) : undefined)
      const passed = isFine && failure === undefined
      const keep = (passed || this.#choice.options.keepFailed === true) && this.#isWhole(suite.left)
      // Tests that did not run have not played their interactions, which is no failure.
      const { saved, failures } = await closeChosen(this.#vcr, { passed: passed && suite.left === 0, keep })
      return {
        report: await reportOf(this.#vcr, this.#choice, { passed, saved, isUndone }),
        failures: [...(failure === undefined ? [] : [failure]), ...failures],
      }
    } finally {
      await this.#interception.stop()
    }
  }

  /**
   * Runs one of the suite's tests. If an earlier attempt failed, what it did is undone first.
   * @param test identifies the attempts that belong together
   * @returns why the test fails, besides its own errors
   */
  async runTest(
    test: object,
    label: string,
    body: (owner: RequestOwner) => Promise<TestOutcome>,
  ): Promise<readonly Error[]> {
    const before = this.#attempts.get(test)
    if (before?.passed === false) this.#undo(before.scope)
    const scope = this.#vcr[RUNNER_ACCESS].scope()
    const attempt = { scope, passed: false }
    this.#attempts.set(test, attempt)
    const owner = this.#owner(label, scope, this.#hooks)
    const outcome = await runAsTest(owner, () => body(owner))
    const unanswered = unansweredError(scope.journal, owner.unattributed, outcome)
    attempt.passed =
      outcome.state !== 'failed' && !scope.journal.some(isUnanswered) && owner.unattributed.length === 0
    return unanswered === undefined ? [] : [unanswered]
  }

  #undo(scope: ScopedCassette): void {
    scope.undo()
    for (const entry of scope.journal) this.#undone.add(entry)
  }

  #owner(label: string, scope: ScopedCassette, outer: RequestOwner | undefined): RequestOwner {
    const hosts = hostsFor(this.#vcr, this.#choice)
    return { label, hosts, vcr: viewOf(this.#vcr, scope), answerer: scope[ANSWERER], outer, unattributed: [] }
  }

  /** In the mode record, what some of the tests recorded would replace what the cassette holds for the others. */
  #isWhole(left: number): boolean {
    if (left === 0 || this.#vcr.mode !== 'record') return true
    process.emitWarning(
      `the recording of '${this.#vcr.name}' was discarded: ${left} of the tests in ${this.#choice.label} did not run, and the interactions recorded for them would be lost. Run the whole suite, or record with OPENAI_VCR_MODE=record-missing`,
      'OpenaiVcrWarning',
    )
    return false
  }
}

/** A suite's cassette as one of its tests sees it: requests made through it belong to that test. */
function viewOf(vcr: Vcr, scope: ScopedCassette): Vcr {
  return new Proxy(vcr, {
    get(target, name) {
      if (isScoped(name)) return scope[name]
      // Bound to the target: a proxy has no access to its private fields.
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

type ScopedMember = 'journal' | 'fetch' | 'handle' | 'advance' | typeof ANSWERER

const SCOPED: ReadonlySet<string | symbol> = new Set(['journal', 'fetch', 'handle', 'advance', ANSWERER])

/** Whether a scope has a member of its own by this name. */
function isScoped(name: string | symbol): name is ScopedMember {
  return SCOPED.has(name)
}
