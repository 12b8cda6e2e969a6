/**
 * More requests than the API takes: what is thrown where nobody asks again, and the client that does so
 * by itself. The real API has no such limit at will, so this is always recorded from the stand-in, which
 * refuses the first request of each kind for a model of this name.
 */
import { type OpenAI, RateLimitError } from 'openai'

const model = 'rate-limited-once'

export async function rateLimit(client: OpenAI) {
  const ask = (content: string, options?: OpenAI.RequestOptions) =>
    client.chat.completions.create({ model, messages: [{ role: 'user', content }] }, options)

  const refused = await ask('Is anybody there?', { maxRetries: 0 }).catch((error: unknown) => error)
  if (!(refused instanceof RateLimitError)) throw new Error('this should have been refused')
  const { status, type, code, headers } = refused

  // By default the client asks again, twice, after as long as the answer says.
  const answered = await ask('And now?')
  return {
    refused: { status, type, code, retryAfter: headers?.get('retry-after') },
    answer: answered.choices[0]?.message.content,
  }
}
