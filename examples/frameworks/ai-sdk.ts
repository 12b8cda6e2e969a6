/** The agent with the AI SDK. Run it with `npx openai-vcr replay --cassettes examples/frameworks/cassettes --cassette ai-sdk -- node examples/frameworks/ai-sdk.ts`. */
import { createOpenAI } from '@ai-sdk/openai'
import { generateText, isStepCount, Output, streamText, tool } from 'ai'
import { Advice, type Asking, INSTRUCTIONS, MODEL, QUESTION, showAll, type Told, TOOLS } from './evening.ts'

const tools = Object.fromEntries(
  TOOLS.map(({ name, description, parameters, execute }) => [
    name,
    tool({ description, inputSchema: parameters, execute }),
  ]),
)

export async function run({ question = QUESTION, api = 'responses', stream = false }: Asking): Promise<Told> {
  const settings = {
    model: createOpenAI()[api](MODEL),
    instructions: INSTRUCTIONS,
    prompt: question,
    tools,
    stopWhen: isStepCount(5),
    output: Output.object({ schema: Advice }),
  }
  const pieces: string[] = []
  let failed: unknown
  const result = stream
    ? streamText({ ...settings, onError: ({ error }) => void (failed = error) })
    : await generateText(settings)
  if ('textStream' in result) for await (const piece of result.textStream) pieces.push(piece)
  if (failed !== undefined) throw failed
  const [steps, advice, usage] = await Promise.all([result.steps, result.output, result.totalUsage])
  return {
    advice,
    calls: steps.flatMap(({ toolCalls }) =>
      toolCalls.map(({ toolName, input }) => `${toolName}(${JSON.stringify(input)})`),
    ),
    pieces: stream ? pieces : [await result.text],
    tokens: { input: usage.inputTokens ?? 0, output: usage.outputTokens ?? 0 },
  }
}

if (process.argv[1] === import.meta.filename) {
  await showAll(run, [
    { api: 'responses' },
    { api: 'responses', stream: true },
    { api: 'chat' },
    { api: 'chat', stream: true },
  ])
}
