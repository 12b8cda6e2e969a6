/** Lets the model call two tools at once, with the Responses API. */
import type OpenAI from 'openai'

const model = 'gpt-5.4-mini'

const CITY = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
}

const TOOLS: OpenAI.Responses.FunctionTool[] = [
  { type: 'function', name: 'get_weather', description: 'The weather now', parameters: CITY, strict: true },
  { type: 'function', name: 'get_time', description: 'The local time now', parameters: CITY, strict: true },
]

const GIVES: Readonly<Record<string, string>> = { get_weather: '18 °C and clear', get_time: '20:15' }

export async function parallelTools(client: OpenAI) {
  const turns: string[][] = []
  const input: OpenAI.Responses.ResponseInput = [
    { role: 'user', content: 'What are the weather and the local time in Paris? Look up both at once.' },
  ]
  for (;;) {
    const response = await client.responses.create({ model, input, tools: TOOLS, store: false })
    const calls = response.output.filter((item) => item.type === 'function_call')
    if (calls.length === 0) return { turns, answer: response.output_text }
    turns.push(calls.map(({ name, arguments: given }) => `${name}(${given})`))
    input.push(...calls)
    for (const { call_id, name } of calls) {
      input.push({ type: 'function_call_output', call_id, output: GIVES[name] ?? 'there is no such tool' })
    }
  }
}
