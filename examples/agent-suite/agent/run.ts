import type { ChatCompletion, ChatCompletionMessageParam } from 'openai/resources'
import type { RunContext } from './hooks.ts'
import { Stopwatch, type Timing } from './timing.ts'
import { UsageLog } from './usage.ts'

export interface RunResult {
  /** The last answer, which calls no tools. */
  readonly completion: ChatCompletion
  readonly text: string
  readonly messages: readonly ChatCompletionMessageParam[]
  readonly usage: UsageLog
  readonly timing: Timing
}

/** One question's way to its answer: what was said, used and waited for. */
export class Run {
  readonly messages: ChatCompletionMessageParam[]
  readonly usage = new UsageLog()
  readonly stopwatch = new Stopwatch()
  readonly context: RunContext
  readonly signal: AbortSignal
  readonly #stopping = new AbortController()

  constructor(
    runId: number,
    { name, instructions }: { readonly name: string; readonly instructions: string },
    input: string,
    signal: AbortSignal | undefined,
  ) {
    this.messages = [
      { role: 'system', content: instructions },
      { role: 'user', content: input },
    ]
    this.signal = AbortSignal.any([this.#stopping.signal, ...(signal === undefined ? [] : [signal])])
    const { messages, usage, stopwatch: timing } = this
    this.context = { runId, agent: name, messages, usage, timing }
  }

  /** Ends what waits for the API; the reason is what the caller gets. */
  stop(reason: Error): void {
    this.#stopping.abort(reason)
  }

  result(completion: ChatCompletion, text: string): RunResult {
    const { messages, usage, stopwatch: timing } = this
    return { completion, text, messages, usage, timing }
  }
}
