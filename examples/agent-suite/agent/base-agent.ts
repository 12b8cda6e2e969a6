import type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatCompletionMessageFunctionToolCall,
  ChatCompletionMessageToolCall,
} from 'openai/resources'
import { Assembly } from './assembly.ts'
import { callHooks, type HookName, type Hooks } from './hooks.ts'
import { Run, type RunResult } from './run.ts'
import type { Asked, ModelSkill, Skill } from './skill.ts'
import { decoratedTools, type Tool } from './tool.ts'
import { ToolBox, type ToolResult } from './tool-box.ts'
import { UsageLog } from './usage.ts'

export interface AgentOptions {
  readonly name: string
  readonly instructions: string
  readonly model: string
  /** How long an answer may be; the model's own limit where it is not given. */
  readonly maxTokens?: number
  readonly llm: ModelSkill
  /** What else it can do: their tools are the agent's, and their hooks are called after its own. */
  readonly skills?: readonly Skill[]
  readonly tools?: readonly Tool[]
  readonly hooks?: Hooks
}

export interface RunOptions {
  readonly signal?: AbortSignal
  /** Whether the first request must, may or must not call tools; later ones may. */
  readonly toolChoice?: 'required' | 'auto' | 'none'
  /** @default 8 */
  readonly maxTurns?: number
}

export class AgentClosedError extends Error {
  override readonly name = 'AgentClosedError'
}

/** Answers messages by asking a model, and does what the model asks for, until it has its answer. */
export class BaseAgent {
  readonly tools = new ToolBox()
  /** Of all runs together. */
  readonly usage = new UsageLog()
  readonly #options: AgentOptions
  readonly #skills: readonly Skill[]
  readonly #running = new Set<Run>()
  #runs = 0
  #closed: Promise<void> | undefined

  constructor(options: AgentOptions) {
    this.#options = options
    this.#skills = [options.llm, ...(options.skills ?? [])]
    const ofSkills = this.#skills.flatMap((skill) => [...decoratedTools(skill), ...(skill.tools ?? [])])
    for (const tool of [...(options.tools ?? []), ...ofSkills]) this.tools.add(tool)
  }

  /** How many runs have not ended. */
  get running(): number {
    return this.#running.size
  }

  /** @throws HookError, AgentClosedError, and what the API answers that is none */
  async run(input: string, options: RunOptions = {}): Promise<RunResult> {
    const turns = this.#turns(input, options, false)
    for (;;) {
      const { done, value } = await turns.next()
      if (done === true) return value
    }
  }

  /** Gives the chunks of every turn as they come; leaving early ends the request. */
  runStreaming(input: string, options: RunOptions = {}): AsyncGenerator<ChatCompletionChunk, RunResult> {
    return this.#turns(input, options, true)
  }

  /** Ends what is running, then closes the skills. */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async *#turns(
    input: string,
    { signal, toolChoice = 'auto', maxTurns = 8 }: RunOptions,
    isStreamed: boolean,
  ): AsyncGenerator<ChatCompletionChunk, RunResult> {
    if (this.#closed !== undefined) throw new AgentClosedError(`The agent ${this.#options.name} is closed`)
    const run = new Run(++this.#runs, this.#options, input, signal)
    this.#running.add(run)
    await using _ended = { [Symbol.asyncDispose]: () => this.#end(run) }
    await this.#hooks('onConnection', run.context)
    for (let turn = 0; turn < maxTurns; turn++) {
      const completion = yield* this.#ask(run, isStreamed, turn === 0 ? toolChoice : 'auto')
      const message = completion.choices[0]?.message
      if (message === undefined) throw new Error(`The answer ${completion.id} holds no choice`)
      run.messages.push(message)
      await this.#hooks('onMessage', message, run.context)
      if (!message.tool_calls?.length) return run.result(completion, message.content ?? '')
      for (const call of message.tool_calls) await this.#callTool(call, run)
    }
    throw new Error(`The agent ${this.#options.name} had no answer after ${maxTurns} turns`)
  }

  async *#ask(
    run: Run,
    isStreamed: boolean,
    toolChoice: 'required' | 'auto' | 'none',
  ): AsyncGenerator<ChatCompletionChunk, ChatCompletion> {
    const tools = this.tools.schemas
    const { model, maxTokens } = this.#options
    const asked = {
      model,
      messages: [...run.messages],
      ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
      ...(tools.length > 0 ? { tools, tool_choice: toolChoice } : {}),
    }
    using _measured = run.stopwatch.measure('modelMs')
    try {
      const completion = isStreamed
        ? yield* this.#stream(asked, run)
        : await this.#options.llm.complete(asked, run.signal)
      for (const log of [run.usage, this.usage]) log.add(completion.model, completion.usage)
      return completion
    } catch (error) {
      // The SDK has words of its own for an abort; ours say who wanted it.
      throw run.signal.aborted ? run.signal.reason : error
    }
  }

  async *#stream(asked: Asked, run: Run): AsyncGenerator<ChatCompletionChunk, ChatCompletion> {
    const assembly = new Assembly()
    for await (const chunk of this.#options.llm.stream(asked, run.signal)) {
      run.stopwatch.markChunk()
      assembly.add(chunk)
      await this.#hooks('onChunk', chunk, run.context)
      yield chunk
    }
    return assembly.completion
  }

  async #callTool(call: ChatCompletionMessageToolCall, run: Run): Promise<void> {
    if (call.type !== 'function') throw new Error(`A tool call of the type ${call.type} is none of ours`)
    run.signal.throwIfAborted()
    await this.#hooks('beforeToolCall', call, run.context)
    const result = await this.#timed(call, run)
    run.messages.push({ role: 'tool', tool_call_id: call.id, content: result.content })
    await this.#hooks('afterToolCall', call, result, run.context)
  }

  async #timed(call: ChatCompletionMessageFunctionToolCall, run: Run): Promise<ToolResult> {
    using _measured = run.stopwatch.measure('toolMs')
    return await this.tools.call(call)
  }

  #hooks<Name extends HookName>(name: Name, ...args: Parameters<NonNullable<Hooks[Name]>>): Promise<void> {
    const own = this.#options.hooks ?? {}
    return callHooks([own, ...this.#skills.map((skill) => skill.hooks ?? {})], name, ...args)
  }

  async #end(run: Run): Promise<void> {
    this.#running.delete(run)
    run.stopwatch.end()
    await this.#hooks('finalize', run.context)
  }

  async #close(): Promise<void> {
    for (const run of this.#running)
      run.stop(new AgentClosedError(`The agent ${this.#options.name} was closed`))
    const closing = await Promise.allSettled(this.#skills.map(async (skill) => skill.close?.()))
    const failures = closing.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []))
    if (failures.length > 0) throw new AggregateError(failures, 'Not all skills could be closed')
  }
}
