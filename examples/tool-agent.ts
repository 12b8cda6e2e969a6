/** An agent with one tool, in two turns. Run it with `npx openai-vcr replay --cassette examples/tool-agent -- node examples/tool-agent.ts`. */
import OpenAI from 'openai'

const client = new OpenAI()

const tools: OpenAI.ChatCompletionTool[] = [
  {
    type: 'function',
    function: {
      name: 'get_weather',
      description: 'The weather in a city now',
      parameters: {
        type: 'object',
        properties: { city: { type: 'string' } },
        required: ['city'],
        additionalProperties: false,
      },
      strict: true,
    },
  },
]

function getWeather({ city }: { city: string }): string {
  return JSON.stringify({ city, celsius: 18, sky: 'clear' })
}

const messages: OpenAI.ChatCompletionMessageParam[] = [
  { role: 'user', content: 'What is the weather in Paris?' },
]
for (;;) {
  const { choices } = await client.chat.completions.create({ model: 'gpt-4o-mini', messages, tools })
  const message = choices[0]?.message
  if (message === undefined) throw new Error('the answer holds no choice')
  messages.push(message)
  if (!message.tool_calls) {
    process.stdout.write(`${message.content}\n`)
    break
  }
  for (const call of message.tool_calls) {
    if (call.type !== 'function') continue
    process.stdout.write(`calls ${call.function.name}(${call.function.arguments})\n`)
    const content = getWeather(JSON.parse(call.function.arguments) as { city: string })
    messages.push({ role: 'tool', tool_call_id: call.id, content })
  }
}
