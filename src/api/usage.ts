/**
 * Tokens by kind. A kind that the API did not report is absent: unknown, which is not 0. The kinds
 * named after `input` and `output` are parts of them, not additions to them.
 */
export type Tokens = { readonly [kind in TokenKind]?: number }

export type TokenKind =
  | 'input'
  | 'textInput'
  | 'audioInput'
  | 'imageInput'
  /** Read from the prompt cache. */
  | 'cachedInput'
  | 'cachedTextInput'
  | 'cachedAudioInput'
  | 'cachedImageInput'
  /** Written to the prompt cache. */
  | 'cacheWrites'
  | 'output'
  | 'textOutput'
  | 'audioOutput'
  | 'imageOutput'
  | 'reasoning'
  /** Billed for training a model, which is neither input nor output. */
  | 'training'

/** What one model was used for in answering one request. */
export interface Use {
  /** Absent when neither the answer nor the request names it. */
  readonly model?: string
  readonly tokens: Tokens
  /** Seconds of audio, for models that are billed by them. */
  readonly audioSeconds?: number
  readonly webSearches?: number
  readonly fileSearches?: number
  /** US dollars, where the upstream reports what it charged. */
  readonly usd?: number
  /** Why a list of prices per token does not give the price of this. */
  readonly offList?: string
}

/** The vocabularies by which OpenAI's models count tokens. */
export type Encoding = 'o200k_base' | 'cl100k_base'

/** The texts of a request and its response, from which unreported usage is estimated. */
export interface EstimateInput {
  readonly encoding: Encoding
  readonly input: CountedText
  /** Absent where more is billed than the response shows: reasoning. */
  readonly output?: CountedText
  /** Why a list of prices per token does not give the price of this. */
  readonly offList?: string
}

/** Texts, and the number of tokens around them. */
export interface CountedText {
  readonly texts: readonly string[]
  readonly overhead: number
}

/** What one response shows of the use of models. */
export interface UsageSighting {
  /** The id of the created object. Later responses with it show the same use again. */
  readonly object?: string
  /** Whether this request began the work. A poll or a retrieval shows the work of another request. */
  readonly begins: boolean
  /** By model; absent when this response does not report it. */
  readonly uses?: readonly Use[]
  /** The model that answered, else the one that the request names. */
  readonly model?: string
  /** Where the usage is not reported. */
  readonly estimateInput?: EstimateInput
}

/** Sums over requests. Those that call no model (files, lists, polls, moderations, errors) are not counted. */
export interface UsageTotals {
  /** Requests that a model answered. */
  readonly requests: number
  /** Of these, those whose usage was not reported and cannot be estimated. */
  readonly unknown: number
  /** Of these, those whose usage is known and whose price is not. */
  readonly unpriced: number
  /** Sums of reported usage. Estimates are not in them. */
  readonly tokens: Tokens
  /** Seconds of audio that were billed as such; absent when there were none. */
  readonly audioSeconds?: number
  /**
   * US dollars for reported usage that has a price. The real sum is higher when `unknown` or
   * `unpriced` is over 0, or something is estimated. Absent when nothing has a price; 0 for no
   * requests.
   */
  readonly usd?: number
  /** In addition to the other sums. Absent when nothing is estimated. */
  readonly estimated?: Estimated
}

/** Usage that was not reported, estimated from texts: of a chat stream without `include_usage`, for example. */
export interface Estimated {
  /** How many of the requests are estimated. */
  readonly requests: number
  /** Of these, those whose price cannot be estimated. */
  readonly unpriced: number
  readonly tokens: Tokens
  /** US dollars for those whose price can be estimated; absent when there are none. */
  readonly usd?: number
}

/** The share of one model. A request that used two models counts in both shares. */
export interface ModelUsage extends UsageTotals {
  /** As the response names it, else as the request does; absent when neither does. */
  readonly model?: string
}

export interface Usage extends UsageTotals {
  /** By name. */
  readonly models: readonly ModelUsage[]
}

/** The usage of a session: in total, and separately for replayed and real requests. */
export interface SessionUsage extends Usage {
  /** Requests answered from the cassette: what live calls would have cost, at today's prices. */
  readonly replayed: Usage
  /** Requests answered by the upstream in this session, whether or not they were recorded. */
  readonly spent: Usage
}

/** Adds up usages: of the sessions of a test run, for example. They may have been through JSON. */
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

/** Parts of a dollar or a second. Prices of a token have no finer digits. */
const PARTS = 1e12

/** Adds fractions as whole parts, which is exact, so that their order does not matter. */
export function sumOfParts(numbers: readonly number[]): number {
  return sum(numbers.map((number) => Math.round(number * PARTS))) / PARTS
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

/** By code unit, so that the order does not depend on the locale. A model without a name comes last. */
function byName({ model: a }: ModelUsage, { model: b }: ModelUsage): number {
  if (a === b) return 0
  if (a === undefined || b === undefined) return a === undefined ? 1 : -1
  return a < b ? -1 : 1
}
