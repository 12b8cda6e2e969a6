/** The agent with @openai/agents. Run it with `npx openai-vcr replay --cassettes examples/frameworks/cassettes --cassette openai-agents -- node examples/frameworks/openai-agents.ts`. */
// Past a server its traces go to api.openai.com all the same: `openai-vcr replay` sets OPENAI_AGENTS_DISABLE_TRACING=1;
// with another server set it yourself, or call setTracingDisabled(true).
import { Agent, OpenAIProvider, Runner, tool } from '@openai/agents'
import { Advice, type Asking, INSTRUCTIONS, MODEL, QUESTION, showAll, type Told, TOOLS } from './evening.ts'

const agent = new Agent({
  name: 'Evening',
  instructions: INSTRUCTIONS,
  model: MODEL,
  tools: TOOLS.map((each) => tool(each)),
  outputType: Advice,
})

export async function run({ question = QUESTION, api = 'responses', stream = false }: Asking): Promise<Told> {
  const runner = new Runner({ modelProvider: new OpenAIProvider({ useResponses: api === 'responses' }) })
  const pieces: string[] = []
  const result = stream
    ? await runner.run(agent, question, { stream: true })
    : await runner.run(agent, question)
  if ('toTextStream' in result) {
    for await (const piece of result.toTextStream()) pieces.push(piece)
    await result.completed
  }
  const advice = result.finalOutput
  if (advice === undefined) throw new Error('the agent ended without an answer')
  return {
    advice,
    calls: result.newItems.flatMap(({ rawItem }) =>
      rawItem?.type === 'function_call' ? [`${rawItem.name}(${rawItem.arguments})`] : [],
    ),
    pieces: stream ? pieces : [JSON.stringify(advice)],
    tokens: { input: result.state.usage.inputTokens, output: result.state.usage.outputTokens },
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
