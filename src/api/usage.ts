/**
 * Tokens by kind. A kind that no answer told is absent: unknown, which is not 0. The
 * kinds named after `input` and `output` are part of them, not besides them.
 */
export interface Tokens {
  readonly input?: number
  readonly textInput?: number
  readonly audioInput?: number
  readonly imageInput?: number
  /** Read from the prompt cache. */
  readonly cachedInput?: number
  readonly cachedTextInput?: number
  readonly cachedAudioInput?: number
  readonly cachedImageInput?: number
  /** Written to the prompt cache. */
  readonly cacheWrites?: number
  readonly output?: number
  readonly textOutput?: number
  readonly audioOutput?: number
  readonly imageOutput?: number
  readonly reasoning?: number
  /** Billed for training a model, which is neither input nor output. */
  readonly training?: number
}

/** What one model was used for in answering one request. */
export interface Use {
  /** Absent when neither the answer nor the request names it. */
  readonly model?: string
  readonly tokens: Tokens
  /** Seconds of audio, for models that are billed by them. */
  readonly audioSeconds?: number
  readonly webSearches?: number
  readonly fileSearches?: number
  /** US dollars, where the upstream itself says what it charged. */
  readonly usd?: number
  /** Why a list of prices per token does not tell what this costs. */
  readonly offList?: string
}

/** The vocabularies by which OpenAI's models count tokens. */
export type Encoding = 'o200k_base' | 'cl100k_base'

/** What was said, where nobody told what it used: all that an estimate goes by. */
export interface EstimateInput {
  readonly encoding: Encoding
  readonly input: CountedText
  /** Absent where more is billed than is said: models that reason do not show it. */
  readonly output?: CountedText
  /** Why a list of prices per token does not tell what this costs. */
  readonly offList?: string
}

/** Texts, and how many tokens stand around them. */
export interface CountedText {
  readonly texts: readonly string[]
  readonly overhead: number
}

/** What an answer shows of the use of models. */
export interface UsageSighting {
  /** The id of the object that was made, by which later answers show the same use again. */
  readonly object?: string
  /** Whether this request began the work. A poll or a retrieval only shows what another began. */
  readonly begins: boolean
  /** By model; absent when this answer does not tell. */
  readonly uses?: readonly Use[]
  /** The model that was asked or that answered. */
  readonly model?: string
  /** Where nobody tells, what was said. */
  readonly estimateInput?: EstimateInput
}

/** Sums over requests. Those that ask no model (files, lists, polls, moderations, errors) are not counted. */
export interface UsageTotals {
  /** Requests that a model answered. */
  readonly requests: number
  /** Of these, those of which nobody told what they used, and of which no estimate can be made. */
  readonly unknown: number
  /** Of these, those of which the usage is known and the price is not. */
  readonly unpriced: number
  /** Sums of what was told. What is estimated is not in them. */
  readonly tokens: Tokens
  /** Seconds of audio that were billed as such; absent when there were none. */
  readonly audioSeconds?: number
  /**
   * US dollars for what was told and could be priced, so at least so much when `unknown` or
   * `unpriced` is over 0, or something is estimated. Absent when nothing could be priced; 0 for no
   * requests.
   */
  readonly usd?: number
  /** What is estimated comes on top of the other sums. Absent when nothing is. */
  readonly estimated?: Estimated
}

/** What requests used of which nobody told, by the words that were said: a chat stream without `include_usage`, say. */
export interface Estimated {
  /** How many of the requests are estimated. */
  readonly requests: number
  /** Of these, those whose price cannot be estimated. */
  readonly unpriced: number
  readonly tokens: Tokens
  /** US dollars for those whose price can be estimated; absent when there are none. */
  readonly usd?: number
}

/** The part of one model. A request that used two models counts in both parts. */
export interface ModelUsage extends UsageTotals {
  /** As the answer names it, else as the request does; absent when neither does. */
  readonly model?: string
}

export interface Usage extends UsageTotals {
  /** By name. */
  readonly models: readonly ModelUsage[]
}

/** What the requests of a session used, replayed and spent together and apart. */
export interface SessionUsage extends Usage {
  /** Answered from the cassette: what live calls would have cost, at today's prices. */
  readonly replayed: Usage
  /** Answered by the upstream in this session, whether or not that was recorded. */
  readonly spent: Usage
}

/** Adds usages up: the sessions of a test run, say. They may have gone through JSON. */
export function sumUsage(parts: readonly Usage[]): Usage {
  const models = Map.groupBy(
    parts.flatMap((part) => part.models),
    ({ model }) => model,
  )
  return {
    ...sumTotals(parts),
    models: [...models]
      .map(([model, of]) => ({ ...(model === undefined ? {} : { model }), ...sumTotals(of) }))
      .toSorted(byName),
  }
}

export function sumTotals(parts: readonly UsageTotals[]): UsageTotals {
  const counted = parts.filter(({ requests }) => requests > 0)
  const priced = counted.flatMap(({ usd }) => usd ?? [])
  const seconds = counted.flatMap(({ audioSeconds }) => audioSeconds ?? [])
  return {
    requests: sum(counted.map(({ requests }) => requests)),
    unknown: sum(counted.map(({ unknown }) => unknown)),
    unpriced: sum(counted.map(({ unpriced }) => unpriced)),
    tokens: sumTokens(counted.map(({ tokens }) => tokens)),
    ...(seconds.length === 0 ? {} : { audioSeconds: sumOfParts(seconds) }),
    ...(priced.length === 0 && counted.length > 0 ? {} : { usd: sumOfParts(priced) }),
    ...estimatedIn(counted),
  }
}

function estimatedIn(parts: readonly UsageTotals[]): { readonly estimated?: Estimated } {
  const all = parts.flatMap(({ estimated }) => estimated ?? [])
  const priced = all.flatMap(({ usd }) => usd ?? [])
  if (all.length === 0) return {}
  return {
    estimated: {
      requests: sum(all.map(({ requests }) => requests)),
      unpriced: sum(all.map(({ unpriced }) => unpriced)),
      tokens: sumTokens(all.map(({ tokens }) => tokens)),
      ...(priced.length > 0 && { usd: sumOfParts(priced) }),
    },
  }
}

export function sumTokens(parts: readonly Tokens[]): Tokens {
  const total: { -readonly [kind in keyof Tokens]: Tokens[kind] } = {}
  for (const part of parts)
    for (const kind of Object.keys(part) as (keyof Tokens)[])
      total[kind] = (total[kind] ?? 0) + (part[kind] ?? 0)
  return total
}

/** The finest part that is told, of a dollar or a second: prices of a token have no digits beyond it. */
const PARTS = 1e12

/** Adds fractions up so that their order does not show: as whole parts, which add exactly. */
export function sumOfParts(numbers: readonly number[]): number {
  return sum(numbers.map((number) => Math.round(number * PARTS))) / PARTS
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

/** Of plain text, so that no machine's language orders them. A model without a name comes last. */
function byName({ model: a }: ModelUsage, { model: b }: ModelUsage): number {
  if (a === b) return 0
  if (a === undefined || b === undefined) return a === undefined ? 1 : -1
  return a < b ? -1 : 1
}
