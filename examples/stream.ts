/** Streams an answer. Run it with `npx openai-vcr replay --cassette examples/stream -- node examples/stream.ts`. */
import OpenAI from 'openai'

const client = new OpenAI()
const stream = await client.chat.completions.create({
  model: 'gpt-4o-mini',
  messages: [{ role: 'user', content: 'Explain what a cassette is to somebody who has never seen one.' }],
  stream: true,
  stream_options: { include_usage: true },
})
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta.content ?? '')
  if (chunk.usage) process.stdout.write(`\n(${chunk.usage.total_tokens} tokens, ${chunk.id})\n`)
}
