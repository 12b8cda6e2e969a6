/** Streams an answer from chat completions and from Responses. */
import type OpenAI from 'openai'

const model = 'gpt-5.4-mini'
const QUESTION = 'Name three things that you find in a harbour.'

export async function stream(client: OpenAI) {
  const chunks = await client.chat.completions.create({
    model,
    messages: [{ role: 'user', content: QUESTION }],
    stream: true,
    // Without it, a stream reports no usage.
    stream_options: { include_usage: true },
  })
  const chat: { pieces: string[]; tokens?: number } = { pieces: [] }
  for await (const chunk of chunks) {
    const piece = chunk.choices[0]?.delta.content
    if (piece) chat.pieces.push(piece)
    if (chunk.usage) chat.tokens = chunk.usage.total_tokens
  }

  const events = await client.responses.create({ model, input: QUESTION, stream: true })
  const responses: { pieces: string[]; tokens?: number } = { pieces: [] }
  for await (const event of events) {
    if (event.type === 'response.output_text.delta') responses.pieces.push(event.delta)
    if (event.type === 'response.completed' && event.response.usage)
      responses.tokens = event.response.usage.total_tokens
  }

  return { chat, responses }
}
