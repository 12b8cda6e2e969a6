import type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatCompletionMessageFunctionToolCall,
  CompletionUsage,
} from 'openai/resources'

type ToolCallDelta = NonNullable<ChatCompletionChunk.Choice.Delta['tool_calls']>[number]

/** Puts the chunks of a stream together to the completion that they spell: its first choice. */
export class Assembly {
  #head: ChatCompletionChunk | undefined
  #content: string | null = null
  #refusal: string | null = null
  #finish: ChatCompletion.Choice['finish_reason'] | undefined
  #usage: CompletionUsage | undefined
  readonly #calls = new Map<number, ChatCompletionMessageFunctionToolCall>()

  add(chunk: ChatCompletionChunk): void {
    this.#head ??= chunk
    this.#usage = chunk.usage ?? this.#usage
    const choice = chunk.choices.find(({ index }) => index === 0)
    if (choice === undefined) return
    const { content, refusal, tool_calls: calls } = choice.delta
    if (typeof content === 'string') this.#content = (this.#content ?? '') + content
    if (typeof refusal === 'string') this.#refusal = (this.#refusal ?? '') + refusal
    for (const call of calls ?? []) this.#addCall(call)
    this.#finish = choice.finish_reason ?? this.#finish
  }

  #addCall({ index, id, function: part }: ToolCallDelta): void {
    const before = this.#calls.get(index)
    this.#calls.set(index, {
      type: 'function',
      id: before?.id ?? id ?? '',
      function: {
        name: before?.function.name ?? part?.name ?? '',
        arguments: (before?.function.arguments ?? '') + (part?.arguments ?? ''),
      },
    })
  }

  /** @throws Error for a stream that broke off, or was aborted: to the SDK that has ended */
  get completion(): ChatCompletion {
    if (this.#head === undefined || this.#finish === undefined) {
      throw new Error('The stream ended before the model had finished')
    }
    const { id, created, model, service_tier, system_fingerprint } = this.#head
    const calls = [...this.#calls].toSorted(([a], [b]) => a - b).map(([, call]) => call)
    return {
      id,
      object: 'chat.completion',
      created,
      model,
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: this.#content,
            refusal: this.#refusal,
            ...(calls.length > 0 ? { tool_calls: calls } : {}),
          },
          logprobs: null,
          finish_reason: this.#finish,
        },
      ],
      ...(this.#usage === undefined ? {} : { usage: this.#usage }),
      ...(service_tier === undefined ? {} : { service_tier }),
      ...(system_fingerprint === undefined ? {} : { system_fingerprint }),
    }
  }
}
