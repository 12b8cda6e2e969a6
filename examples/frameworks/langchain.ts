/** The agent with LangChain. Run it with `npx openai-vcr replay --cassettes examples/frameworks/cassettes --cassette langchain -- node examples/frameworks/langchain.ts`. */
import {
  type AIMessageChunk,
  type BaseMessage,
  HumanMessage,
  SystemMessage,
  type UsageMetadata,
} from '@langchain/core/messages'
import { tool } from '@langchain/core/tools'
import { ChatOpenAI } from '@langchain/openai'
import { z } from 'zod'
import { Advice, type Asking, INSTRUCTIONS, MODEL, QUESTION, showAll, type Told, TOOLS } from './evening.ts'

const tools = TOOLS.map(({ name, description, parameters, execute }) =>
  tool(execute, { name, description, schema: parameters }),
)

export async function run({ question = QUESTION, api = 'chat', stream = false }: Asking): Promise<Told> {
  const model = new ChatOpenAI({ model: MODEL, useResponsesApi: api === 'responses' }).bindTools(tools, {
    response_format: {
      type: 'json_schema',
      json_schema: { name: 'advice', schema: z.toJSONSchema(Advice), strict: true },
    },
  })
  const messages: BaseMessage[] = [new SystemMessage(INSTRUCTIONS), new HumanMessage(question)]
  const calls: string[] = []
  const tokens = { input: 0, output: 0 }
  for (;;) {
    const { message, pieces } = stream
      ? await gather(await model.stream(messages))
      : await model.invoke(messages).then((whole) => ({ message: whole, pieces: [whole.text] }))
    messages.push(message)
    const usage = message.usage_metadata as UsageMetadata | undefined
    tokens.input += usage?.input_tokens ?? 0
    tokens.output += usage?.output_tokens ?? 0
    const wanted = message.tool_calls ?? []
    if (wanted.length === 0) return { advice: Advice.parse(JSON.parse(message.text)), calls, pieces, tokens }
    for (const call of wanted) {
      calls.push(`${call.name}(${JSON.stringify(call.args)})`)
      const chosen = tools.find(({ name }) => name === call.name)
      if (chosen === undefined) throw new Error(`there is no tool ${call.name}`)
      messages.push(await chosen.invoke({ ...call, type: 'tool_call' }))
    }
  }
}

async function gather(
  chunks: AsyncIterable<AIMessageChunk>,
): Promise<{ message: AIMessageChunk; pieces: string[] }> {
  let message: AIMessageChunk | undefined
  const pieces: string[] = []
  for await (const chunk of chunks) {
    message = message?.concat(chunk) ?? chunk
    if (chunk.text !== '') pieces.push(chunk.text)
  }
  if (message === undefined) throw new Error('the stream held no message')
  return { message, pieces }
}

if (process.argv[1] === import.meta.filename) {
  await showAll(run, [
    { api: 'chat' },
    { api: 'chat', stream: true },
    { api: 'responses' },
    { api: 'responses', stream: true },
  ])
}
