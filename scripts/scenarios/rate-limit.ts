/**
 * Shows what the SDK throws for a rate limit without retries, and how it retries by default. The real API
 * cannot be made to refuse a request, so this is always recorded from the stand-in, which refuses the first
 * request of each kind for a model of this name.
 */
import { type OpenAI, RateLimitError } from 'openai'

const model = 'rate-limited-once'

export async function rateLimit(client: OpenAI) {
  const ask = (content: string, options?: OpenAI.RequestOptions) =>
    client.chat.completions.create({ model, messages: [{ role: 'user', content }] }, options)

  const refused = await ask('Is anybody there?', { maxRetries: 0 }).catch((error: unknown) => error)
  if (!(refused instanceof RateLimitError)) throw new Error('this should have been refused')
  const { status, type, code, headers } = refused

  // By default the client retries twice, after the time that the response states.
  const answered = await ask('And now?')
  return {
    refused: { status, type, code, retryAfter: headers?.get('retry-after') },
    answer: answered.choices[0]?.message.content,
  }
}
