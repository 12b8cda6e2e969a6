import { type Interception, interceptBy } from '../adapters/intercept/intercept.ts'
import type { JournalEntry } from '../engine/journal.ts'
import type { Part, Vcr } from '../vcr/vcr.ts'
import { type Casting, close, hostsFor, open } from './opening.ts'
import type { Played } from './own-cassette.ts'
import { viewOf } from './part-view.ts'
import { reportOf } from './report.ts'
import { answererOf, type Runner, runAsSuite, runAsTest } from './running.ts'
import { failureOf, isUnanswered, lossOf, type Ran } from './verdict.ts'

/** What became of a suite besides the tests that ran in its cassette. */
export interface SuiteRan {
  /** Whether a hook of it failed, or a test over all its attempts. */
  readonly failed: boolean
  /** How many of its tests did not run, and would have asked. */
  readonly left: number
}

/** One cassette for a suite: its hooks and its tests, in their order, share one session. */
export class SharedCassette {
  readonly #casting: Casting
  readonly #vcr: Vcr
  readonly #interception: Interception
  readonly #hooks: Runner
  readonly #undone = new Set<JournalEntry>()
  readonly #attempts = new Map<object, { readonly part: Part; passed: boolean }>()

  private constructor(casting: Casting, vcr: Vcr, interception: Interception, outer: Runner | undefined) {
    this.#casting = casting
    this.#vcr = vcr
    this.#interception = interception
    this.#hooks = this.#runner(casting.label, vcr.part(), outer)
  }

  /** @throws UsageError, CassetteError when it cannot be opened */
  static async open(casting: Casting, outer: Runner | undefined): Promise<SharedCassette> {
    const vcr = await open(casting)
    return new SharedCassette(casting, vcr, await interceptBy(answererOf), outer)
  }

  /**
   * Runs the suite, and closes the cassette. What was recorded is kept when all of it passed.
   * @param body runs its hooks and its tests; it throws nothing
   */
  async runSuite(body: (runner: Runner) => Promise<SuiteRan>): Promise<Played> {
    try {
      const suite = await runAsSuite(this.#hooks, () => body(this.#hooks))
      const { vcr, complaints } = this.#hooks
      const ran: Ran = { state: suite.failed ? 'failed' : 'passed', errors: [] }
      const unanswered = failureOf(vcr.journal, complaints, ran)
      const tests = [...this.#attempts.values()]
      const isFine = !suite.failed && unanswered === undefined && tests.every((test) => test.passed)
      const isUndone = (entry: JournalEntry): boolean => this.#undone.has(entry)
      const failure = unanswered ?? (isFine ? await lossOf(this.#vcr, isUndone) : undefined)
      const passed = isFine && failure === undefined
      const keep = (passed || this.#casting.options.keepFailed === true) && this.#isWhole(suite.left)
      // Tests that did not run have of course not asked for theirs.
      const { saved, failures } = await close(this.#vcr, { passed: passed && suite.left === 0, keep })
      return {
        report: await reportOf(this.#vcr, this.#casting, { passed, saved, isUndone }),
        failures: [...(failure === undefined ? [] : [failure]), ...failures],
      }
    } finally {
      await this.#interception.stop()
    }
  }

  /**
   * Runs one of its tests. What an attempt before it did is taken back, if that failed.
   * @param test whose attempts belong together
   * @returns why it fails, besides its own errors
   */
  async runTest(
    test: object,
    label: string,
    body: (runner: Runner) => Promise<Ran>,
  ): Promise<readonly Error[]> {
    const before = this.#attempts.get(test)
    if (before?.passed === false) this.#undo(before.part)
    const part = this.#vcr.part()
    const attempt = { part, passed: false }
    this.#attempts.set(test, attempt)
    const runner = this.#runner(label, part, this.#hooks)
    const ran = await runAsTest(runner, () => body(runner))
    const unanswered = failureOf(part.journal, runner.complaints, ran)
    attempt.passed =
      ran.state !== 'failed' && !part.journal.some(isUnanswered) && runner.complaints.length === 0
    return unanswered === undefined ? [] : [unanswered]
  }

  #undo(part: Part): void {
    part.undo()
    for (const entry of part.journal) this.#undone.add(entry)
  }

  #runner(label: string, part: Part, outer: Runner | undefined): Runner {
    const hosts = hostsFor(this.#vcr, this.#casting)
    return { label, hosts, vcr: viewOf(this.#vcr, part), answerer: part, outer, complaints: [] }
  }

  /** A recording that replaces all with what a part of the tests asked would lose the rest. */
  #isWhole(left: number): boolean {
    if (left === 0 || this.#vcr.mode !== 'record') return true
    process.emitWarning(
      `the recording of '${this.#vcr.name}' is not kept: ${left} of the tests in ${this.#casting.label} did not run, and what the cassette holds for them would be lost. Run the whole suite, or record with OPENAI_VCR_MODE=record-missing`,
      'OpenaiVcrWarning',
    )
    return false
  }
}
