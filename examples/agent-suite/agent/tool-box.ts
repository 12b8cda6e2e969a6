import type { ChatCompletionFunctionTool, ChatCompletionMessageFunctionToolCall } from 'openai/resources'
import type { Arguments, Tool } from './tool.ts'

/** A tool of that name is there already, or the name is none that the API takes. */
export class ToolNameError extends Error {
  override readonly name = 'ToolNameError'
}

export interface ToolResult {
  readonly isError: boolean
  /** What the model is told. */
  readonly content: string
}

/** The tools of an agent, by name. */
export class ToolBox {
  readonly #tools = new Map<string, Tool>()

  /** @throws ToolNameError */
  add(tool: Tool): void {
    if (!/^[\w-]{1,64}$/.test(tool.name)) {
      throw new ToolNameError(`A tool cannot be called '${tool.name}': 1 to 64 letters, digits, _ or -`)
    }
    if (this.#tools.has(tool.name)) throw new ToolNameError(`There is a tool '${tool.name}' already`)
    this.#tools.set(tool.name, tool)
  }

  remove(name: string): boolean {
    return this.#tools.delete(name)
  }

  get names(): readonly string[] {
    return [...this.#tools.keys()]
  }

  /** As a request names them. */
  get schemas(): ChatCompletionFunctionTool[] {
    return [...this.#tools.values()].map(({ name, description, parameters }) => ({
      type: 'function',
      function: { name, description, parameters: { ...parameters } },
    }))
  }

  /** Does what the model asked for. What goes wrong is told to the model, which may try otherwise. */
  async call({ function: asked }: ChatCompletionMessageFunctionToolCall): Promise<ToolResult> {
    const tool = this.#tools.get(asked.name)
    if (tool === undefined) return failure(`there is no tool '${asked.name}'`)
    const args = parse(asked.arguments)
    if (args === undefined) return failure(`the arguments of '${asked.name}' are no JSON object`)
    try {
      const value = await tool.run(args)
      return { isError: false, content: typeof value === 'string' ? value : JSON.stringify(value ?? null) }
    } catch (error) {
      return failure(error instanceof Error ? error.message : String(error))
    }
  }
}

function failure(error: string): ToolResult {
  return { isError: true, content: JSON.stringify({ error }) }
}

function parse(text: string): Arguments | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Arguments)
      : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
