import type { CompletionUsage } from 'openai/resources'

/** Tokens, as the API counted them. */
export interface Usage {
  readonly requests: number
  readonly promptTokens: number
  readonly completionTokens: number
  readonly totalTokens: number
}

const NOTHING: Usage = { requests: 0, promptTokens: 0, completionTokens: 0, totalTokens: 0 }

/** What was used, request by request. */
export class UsageLog {
  readonly #requests: { readonly model: string; readonly usage: Usage }[] = []

  /** @param usage undefined where the API told none: the request counts, its tokens do not */
  add(model: string, usage: CompletionUsage | null | undefined): void {
    this.#requests.push({
      model,
      usage: {
        requests: 1,
        promptTokens: usage?.prompt_tokens ?? 0,
        completionTokens: usage?.completion_tokens ?? 0,
        totalTokens: usage?.total_tokens ?? 0,
      },
    })
  }

  get total(): Usage {
    return this.#requests.reduce((sum, { usage }) => plus(sum, usage), NOTHING)
  }

  /** By the model that answered, which is a dated one where a short name was asked. */
  get byModel(): Readonly<Record<string, Usage>> {
    const sums: Record<string, Usage> = {}
    for (const { model, usage } of this.#requests) sums[model] = plus(sums[model] ?? NOTHING, usage)
    return sums
  }
}

function plus(a: Usage, b: Usage): Usage {
  return {
    requests: a.requests + b.requests,
    promptTokens: a.promptTokens + b.promptTokens,
    completionTokens: a.completionTokens + b.completionTokens,
    totalTokens: a.totalTokens + b.totalTokens,
  }
}
