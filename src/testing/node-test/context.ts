import type { TestContext } from 'node:test'
import { callFrom, callSite } from './call-site.ts'
import type { TestOutcome } from '../test-outcome.ts'

/** Properties that node:test documents and @types/node lacks. */
export interface EndedContext extends TestContext {
  /** Whether the test passed. Set when it has ended, before failed subtests are counted. */
  readonly passed: boolean
  readonly error: unknown
}

/**
 * Watches a test from its start.
 * @returns a function that gives the test's outcome, to be called in a hook after the test
 */
export function watch(t: EndedContext): () => TestOutcome {
  const failedSubtests: EndedContext[] = []
  let isSkipped = false
  const skip = t.skip.bind(t)
  replace(t, 'skip', (message?: string) => {
    isSkipped = true
    skip(message)
  })
  watchSubtests(t, failedSubtests)
  return () => ({
    state: isSkipped ? 'skipped' : t.passed && failedSubtests.length === 0 ? 'passed' : 'failed',
    errors: [t, ...failedSubtests].flatMap(messagesOf),
  })
}

function watchSubtests(t: EndedContext, failed: EndedContext[]): void {
  const declare = t.test.bind(t) as (...args: readonly unknown[]) => Promise<void>
  replace(t, 'test', (...args: readonly unknown[]) => {
    const watched = args.map((arg) => (typeof arg === 'function' ? watching(arg, failed) : arg))
    return callFrom(callSite(), declare, ...watched)
  })
}

/** Wraps a subtest's function. A proxy keeps its `length`, by which node:test knows if it takes a callback. */
function watching(fn: Function, failed: EndedContext[]): Function {
  return new Proxy(fn, {
    apply(target, self, args: [EndedContext, ...unknown[]]) {
      const [subtest] = args
      subtest.after(() => {
        if (!subtest.passed) failed.push(subtest)
      })
      watchSubtests(subtest, failed)
      return Reflect.apply(target, self, args) as unknown
    },
  })
}

function replace(t: TestContext, name: 'skip' | 'test', value: (...args: never[]) => unknown): void {
  Object.defineProperty(t, name, { value, configurable: true, writable: true })
}

/** node:test wraps the error that a test threw. */
function messagesOf({ error }: EndedContext): string[] {
  return [error, error instanceof Error ? error.cause : undefined].flatMap((each) =>
    each instanceof Error ? [each.message] : [],
  )
}
