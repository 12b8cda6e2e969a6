import OpenAI, { toFile } from 'openai'
import { expect, onTestFinished, test } from 'vitest'
import { startStandIn } from './start.ts'
import type { Switches } from './switches.ts'

const model = 'gpt-4o-mini'
const WEATHER = 'What is the weather in Paris?'

async function clientOf(switches: Switches = {}): Promise<OpenAI> {
  const { url, close } = await startStandIn(switches)
  onTestFinished(close)
  return new OpenAI({ apiKey: 'sk-any', baseURL: `${url}/v1` })
}

/** What it says to a question, after a tool gave a result. */
async function answerTo(client: OpenAI, content: string, tool?: string, result = ''): Promise<string | null> {
  const call = { id: 'call_1', type: 'function' as const, function: { name: tool ?? '', arguments: '{}' } }
  const turn: OpenAI.ChatCompletionMessageParam[] = [
    { role: 'assistant', content: null, tool_calls: [call] },
    { role: 'tool', tool_call_id: call.id, content: result },
  ]
  const messages = [{ role: 'user' as const, content }, ...(tool === undefined ? [] : turn)]
  const { choices } = await client.chat.completions.create({ model, messages })
  return choices[0]?.message.content ?? null
}

test.each([
  ['Which river flows through Paris?', undefined, undefined, 'The Seine flows through Paris.'],
  ['Say the number 7 and nothing else.', undefined, undefined, '7'],
  [WEATHER, 'get_weather', '{"city":"Lagos","celsius":31,"sky":"rain"}', 'It is 31 °C and rainy in Lagos.'],
  [WEATHER, 'get_weather', '18 °C and clear', 'It is 18 °C and clear in Paris.'],
  [WEATHER, 'get_weather', '{"error":"no sensor"}', 'I could not get the weather in Paris: no sensor.'],
  ['How long?', 'guess', 'an hour', 'guess says: an hour.'],
])('to "%s" with %s giving %s it says %s', async (question, tool, result, answer) => {
  expect(await answerTo(await clientOf(), question, tool, result)).toBe(answer)
})

test('a question that it does not know gets an answer that names it', async () => {
  expect(await answerTo(await clientOf(), 'Why do cats purr?')).toContain('“Why do cats purr?”')
})

test('asked for other words it says the same in other words', async () => {
  const other = await clientOf({ words: true })
  expect(await answerTo(other, 'Spell it.')).toBe('In other words: B-E-L-L-O.')
  expect(await answerTo(other, WEATHER, 'get_weather', 'dry')).toBe('In other words: It is dry in Paris.')
})

test('a schema is filled with what the question and the tools say', async () => {
  const client = await clientOf()
  const properties = {
    city: { type: 'string' },
    sky: { type: 'string', enum: ['clear', 'rain'] },
    umbrella: { type: 'boolean' },
    days: { type: 'integer' },
  }
  const { output_text: text } = await client.responses.create({
    model,
    input: [
      { role: 'user', content: 'Lagos or Paris, for 3 days?' },
      { type: 'function_call', call_id: 'a', name: 'get_weather', arguments: '{}' },
      { type: 'function_call_output', call_id: 'a', output: '{"city":"Paris","sky":"clear"}' },
      { type: 'function_call', call_id: 'b', name: 'get_weather', arguments: '{}' },
      { type: 'function_call_output', call_id: 'b', output: '{"city":"Lagos","sky":"rain"}' },
    ],
    text: { format: { type: 'json_schema', name: 'trip', schema: { type: 'object', properties } } },
  })
  expect(JSON.parse(text)).toEqual({ city: 'Lagos', sky: 'rain', umbrella: true, days: 3 })
})

test('speech is transcribed to the text that was spoken', async () => {
  const client = await clientOf()
  const input = 'Grüße von der Fähre.'
  const spoken = await client.audio.speech.create({ model: 'gpt-4o-mini-tts', voice: 'coral', input })
  const file = await toFile(Buffer.from(await spoken.arrayBuffer()), 'speech.mp3')
  const { text } = await client.audio.transcriptions.create({ model: 'whisper-1', file })
  expect(text).toBe(input)
})

test('texts on one subject are nearer to each other than to others', async () => {
  const client = await clientOf()
  const input = ['It is raining.', 'The weather is wet.', 'A violin has four strings.']
  const { data } = await client.embeddings.create({ model: 'text-embedding-3-small', input })
  const [rain = [], wet = [], violin = []] = data.map(({ embedding }) => embedding)
  const nearness = (a: number[], b: number[]): number =>
    a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0)
  expect(nearness(rain, wet)).toBeGreaterThan(0.5)
  expect(nearness(rain, violin)).toBeLessThan(0.2)
})
