/** The agent with LlamaIndex.TS. Run it with `npx openai-vcr replay --cassettes examples/frameworks/cassettes --cassette llamaindex -- node examples/frameworks/llamaindex.ts`. */
import { OpenAI, OpenAIResponses } from '@llamaindex/openai'
import { type ChatMessage, extractText, tool, type ToolCallLLMMessageOptions } from 'llamaindex'
import { z } from 'zod'
import { Advice, type Asking, INSTRUCTIONS, MODEL, QUESTION, showAll, type Told, TOOLS } from './evening.ts'

type Message = ChatMessage<ToolCallLLMMessageOptions>

interface Call {
  readonly id: string
  readonly name: string
  /** Text of JSON where it was not streamed. */
  readonly input: unknown
}

/** What one answer of the model holds. */
interface Turn {
  readonly wanted: readonly Call[]
  readonly pieces: readonly string[]
  readonly used: Usage
}

/** As the two APIs name it. */
interface Usage {
  readonly prompt_tokens?: number
  readonly completion_tokens?: number
  readonly input_tokens?: number
  readonly output_tokens?: number
}

const tools = TOOLS.map((each) => tool(each))

/** Streams with `chat` only: what `OpenAIResponses` streams repeats its last piece and has no tool calls. */
export async function run({ question = QUESTION, api = 'chat', stream = false }: Asking): Promise<Told> {
  const messages: Message[] = [
    { role: 'system', content: INSTRUCTIONS },
    { role: 'user', content: question },
  ]
  const take = stream ? takeStreamed : api === 'chat' ? takeWhole : takeFromResponses
  const calls: string[] = []
  const tokens = { input: 0, output: 0 }
  for (;;) {
    const { wanted, pieces, used } = await take(messages)
    tokens.input += used.prompt_tokens ?? used.input_tokens ?? 0
    tokens.output += used.completion_tokens ?? used.output_tokens ?? 0
    if (wanted.length === 0)
      return { advice: Advice.parse(JSON.parse(pieces.join(''))), calls, pieces, tokens }
    messages.push({ role: 'assistant', content: '', options: { toolCall: wanted } })
    for (const { id, name, input } of wanted) {
      const args = (typeof input === 'string' ? JSON.parse(input) : input) as { city: string }
      calls.push(`${name}(${JSON.stringify(args)})`)
      const chosen = tools.find(({ metadata }) => metadata.name === name)
      if (chosen === undefined) throw new Error(`there is no tool ${name}`)
      const content = String(await chosen.call(args))
      messages.push({
        role: 'user',
        content,
        options: { toolResult: { id, result: content, isError: false } },
      })
    }
  }
}

async function takeWhole(messages: Message[]): Promise<Turn> {
  const { message, raw } = await new OpenAI({ model: MODEL }).chat({
    messages,
    tools,
    responseFormat: Advice,
  })
  return { wanted: callsIn(message.options), pieces: [extractText(message.content)], used: usageIn(raw) }
}

async function takeFromResponses(messages: Message[]): Promise<Turn> {
  const format = {
    type: 'json_schema' as const,
    name: 'advice',
    schema: z.toJSONSchema(Advice),
    strict: true,
  }
  const llm = new OpenAIResponses({ model: MODEL, additionalChatOptions: { text: { format } } })
  const { message, raw } = await llm.chat({ messages, tools })
  return { wanted: callsIn(message.options), pieces: [extractText(message.content)], used: usageIn(raw) }
}

async function takeStreamed(messages: Message[]): Promise<Turn> {
  const llm = new OpenAI({ model: MODEL, additionalChatOptions: { stream_options: { include_usage: true } } })
  const wanted = new Map<string, Call>()
  const pieces: string[] = []
  let used: Usage = {}
  for await (const { delta, options, raw } of await llm.chat({
    messages,
    tools,
    responseFormat: Advice,
    stream: true,
  })) {
    if (delta !== '') pieces.push(delta)
    for (const call of callsIn(options)) wanted.set(call.id, call)
    used = { ...used, ...usageIn(raw) }
  }
  return { wanted: [...wanted.values()], pieces, used }
}

function callsIn(options: ToolCallLLMMessageOptions | undefined): Call[] {
  return options !== undefined && 'toolCall' in options ? options.toolCall : []
}

function usageIn(raw: object | null): Usage {
  return (raw as { readonly usage?: Usage | null } | null)?.usage ?? {}
}

if (process.argv[1] === import.meta.filename) {
  await showAll(run, [{ api: 'chat' }, { api: 'chat', stream: true }, { api: 'responses' }])
}
