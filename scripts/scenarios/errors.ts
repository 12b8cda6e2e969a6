/** Shows what the SDK throws for invalid requests: each error has a class, a status and a code. */
import { type OpenAI, APIError } from 'openai'

const messages = [{ role: 'user' as const, content: 'Hello' }]

export async function errors(client: OpenAI) {
  const stranger = client.withOptions({ apiKey: 'sk-bad-key-that-nobody-was-ever-given' })
  return {
    badRequest: await thrownBy(client.chat.completions.create({ model: 'gpt-5.4-mini', messages: [] })),
    wrongKey: await thrownBy(stranger.models.list()),
    noSuchModel: await thrownBy(client.chat.completions.create({ model: 'gpt-nobody-has', messages })),
  }
}

async function thrownBy(call: PromiseLike<unknown>) {
  try {
    await call
  } catch (error) {
    if (!(error instanceof APIError)) throw error
    const { status, type, code, param } = error
    return { name: error.constructor.name, status, type, code, param }
  }
  throw new Error('this should have been refused')
}
