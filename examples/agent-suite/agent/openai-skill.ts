import { APIConnectionError, APIError, APIUserAbortError, type OpenAI } from 'openai'
import type { ChatCompletion, ChatCompletionChunk } from 'openai/resources'
import type { Asked, ModelSkill } from './skill.ts'

export interface OpenAISkillOptions {
  /** It asks again after 408, 409, 429 and 5xx, `maxRetries` times. */
  readonly client: OpenAI
  /** Models to ask, in this order, when the agent's own cannot answer. */
  readonly fallbacks?: readonly string[]
  /** Told of each model that could not answer. */
  readonly onFallback?: (model: string, error: APIError) => void
}

/** Asks OpenAI's chat completions. */
export class OpenAISkill implements ModelSkill {
  readonly name = 'openai'
  readonly #options: OpenAISkillOptions

  constructor(options: OpenAISkillOptions) {
    this.#options = options
  }

  complete(asked: Asked, signal: AbortSignal): Promise<ChatCompletion> {
    return this.#first(asked.model, (model) =>
      this.#options.client.chat.completions.create({ ...asked, model }, { signal }),
    )
  }

  /** Another model is asked until the first has begun to answer: half an answer is not begun again. */
  async *stream(asked: Asked, signal: AbortSignal): AsyncGenerator<ChatCompletionChunk, void> {
    const chunks = await this.#first(asked.model, (model) =>
      this.#options.client.chat.completions.create(
        { ...asked, model, stream: true, stream_options: { include_usage: true } },
        { signal },
      ),
    )
    yield* chunks
  }

  async #first<T>(model: string, ask: (model: string) => Promise<T>): Promise<T> {
    const others = [...(this.#options.fallbacks ?? [])]
    for (let asked = model; ;) {
      try {
        return await ask(asked)
      } catch (error) {
        const next = others.shift()
        if (next === undefined || !isTheModels(error)) throw error
        this.#options.onFallback?.(asked, error)
        asked = next
      }
    }
  }
}

/** Whether another model may do better. A bad request, or a bad key, is as bad for all. */
function isTheModels(error: unknown): error is APIError {
  if (!(error instanceof APIError) || error instanceof APIUserAbortError) return false
  if (error instanceof APIConnectionError) return true
  return error.code === 'model_not_found' || error.status === 429 || (error.status ?? 0) >= 500
}
