/** A reporter for node:test: a line of JSON for each test that ended, and for each diagnostic. */
import type { TestEvent } from 'node:test/reporters'

/** A test that ended, as node:test told it. */
export interface EndedTest {
  readonly name: string
  /** `skipped` and `todo` go before how it ended. */
  readonly outcome: 'passed' | 'failed' | 'skipped' | 'todo'
  readonly place: string
  /** What the test threw, in words; empty when it threw nothing. */
  readonly error: string
}

export type Told =
  | EndedTest
  | { readonly suite: string; readonly error: string }
  | { readonly diagnostic: string }
  | { readonly stderr: string }

export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const event of events) for (const told of tell(event)) yield `${JSON.stringify(told)}\n`
}

function tell(event: TestEvent): Told[] {
  if (event.type === 'test:diagnostic') return [{ diagnostic: event.data.message }]
  if (event.type === 'test:stderr') return [{ stderr: event.data.message }]
  if (event.type !== 'test:pass' && event.type !== 'test:fail') return []
  const { name, skip, todo, line, column, file, details } = event.data
  const ended = event.type === 'test:pass' ? 'passed' : 'failed'
  const outcome = isSaid(skip) ? 'skipped' : isSaid(todo) ? 'todo' : ended
  const error = 'error' in details ? messageOf(details.error) : ''
  if (details.type === 'suite') return [{ suite: name, error }]
  return [{ name, outcome, place: `${file}:${line}:${column}`, error }]
}

function isSaid(directive: string | boolean | undefined): boolean {
  return directive !== undefined && directive !== false
}

/** node:test wraps what was thrown. */
function messageOf(error: Error): string {
  return error.cause instanceof Error ? error.cause.message : error.message
}
