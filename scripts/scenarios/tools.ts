/** An agent with one tool: the model calls it, the program runs it and sends the result back. */
import type OpenAI from 'openai'

const model = 'gpt-5.4-mini'

const GET_WEATHER: OpenAI.ChatCompletionTool = {
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
}

function getWeather({ city }: { city: string }): string {
  return JSON.stringify({ city, celsius: 18, sky: 'clear' })
}

export async function tools(client: OpenAI) {
  const called: string[] = []
  const messages: OpenAI.ChatCompletionMessageParam[] = [
    { role: 'user', content: 'What is the weather in Paris? One sentence.' },
  ]
  for (;;) {
    const { choices } = await client.chat.completions.create({ model, messages, tools: [GET_WEATHER] })
    const message = choices[0]?.message
    if (message === undefined) throw new Error('the answer holds no choice')
    if (!message.tool_calls) return { called, answer: message.content }
    messages.push(message)
    for (const call of message.tool_calls) {
      if (call.type !== 'function') continue
      called.push(`${call.function.name}(${call.function.arguments})`)
      const content = getWeather(JSON.parse(call.function.arguments) as { city: string })
      messages.push({ role: 'tool', tool_call_id: call.id, content })
    }
  }
}
