import type {
  ChatCompletionChunk,
  ChatCompletionMessage,
  ChatCompletionMessageFunctionToolCall,
  ChatCompletionMessageParam,
} from 'openai/resources'
import type { Timing } from './timing.ts'
import type { ToolResult } from './tool-box.ts'
import type { UsageLog } from './usage.ts'

/** What a run is about, as its hooks see it. */
export interface RunContext {
  readonly runId: number
  readonly agent: string
  /** All that was said so far, by whomever. */
  readonly messages: readonly ChatCompletionMessageParam[]
  readonly usage: UsageLog
  readonly timing: Timing
}

type Done = void | Promise<void>
type Call = ChatCompletionMessageFunctionToolCall

/** What an agent's owner, or a skill, wants to be told. One that throws fails the run. */
export interface Hooks {
  /** Once, before the first request. */
  readonly onConnection?: (context: RunContext) => Done
  /** For each message of the model's, tool calls included, once it is complete. */
  readonly onMessage?: (message: ChatCompletionMessage, context: RunContext) => Done
  /** For each chunk of a stream, before the caller gets it. */
  readonly onChunk?: (chunk: ChatCompletionChunk, context: RunContext) => Done
  readonly beforeToolCall?: (call: Call, context: RunContext) => Done
  readonly afterToolCall?: (call: Call, result: ToolResult, context: RunContext) => Done
  /** Once, however the run ended: also if it failed, or its stream was left. */
  readonly finalize?: (context: RunContext) => Done
}

export type HookName = keyof Hooks

/** The hook's own error is the `cause`. */
export class HookError extends Error {
  override readonly name = 'HookError'
  readonly hook: HookName

  constructor(hook: HookName, cause: unknown) {
    super(`The hook ${hook} failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    this.hook = hook
  }
}

/**
 * Calls one hook of all that have it, one after the other.
 * @throws HookError
 */
export async function callHooks<Name extends HookName>(
  all: readonly Hooks[],
  name: Name,
  ...args: Parameters<NonNullable<Hooks[Name]>>
): Promise<void> {
  for (const hooks of all) {
    const hook = hooks[name] as ((...given: typeof args) => Done) | undefined
    try {
      await hook?.(...args)
    } catch (cause) {
      throw new HookError(name, cause)
    }
  }
}
