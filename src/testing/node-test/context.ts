import type { TestContext } from 'node:test'
import { callFrom, callSite } from './call-site.ts'
import type { Ran } from '../verdict.ts'

/** What node:test documents, and its types leave out. */
export interface EndedContext extends TestContext {
  /** Whether it passed; told once it has ended, and before failed subtests are counted. */
  readonly passed: boolean
  readonly error: unknown
}

/**
 * Watches a test of node:test's from its beginning.
 * @returns what came of it, for a hook that runs after it
 */
export function watch(t: EndedContext): () => Ran {
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

/** The function of a subtest, as long as it was: by that node:test tells what takes a callback. */
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

/** node:test wraps what was thrown. */
function messagesOf({ error }: EndedContext): string[] {
  return [error, error instanceof Error ? error.cause : undefined].flatMap((each) =>
    each instanceof Error ? [each.message] : [],
  )
}
