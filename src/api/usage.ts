/**
 * Tokens by kind. A kind that the API did not report is absent, which means unknown, not 0. Kinds such as
 * `cachedInput` and `textOutput` are included in `input` and `output`.
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
  /** Billed for training a model. Included in neither input nor output. */
  | 'training'

/** The usage of one model for one request. */
export interface Use {
  /** Absent if neither the response nor the request names the model. */
  readonly model?: string
  readonly tokens: Tokens
  /** Seconds of audio, for models that are billed by duration. */
  readonly audioSeconds?: number
  readonly webSearches?: number
  readonly fileSearches?: number
  /** The price in US dollars, if the upstream reports it. */
  readonly usd?: number
  /** Why a list of prices per token does not give the price of this. */
  readonly offList?: string
}

/** The vocabularies of OpenAI's tokenizers. */
export type Encoding = 'o200k_base' | 'cl100k_base'

/** The texts of a request and its response. They are used to estimate usage that was not reported. */
export interface EstimateInput {
  readonly encoding: Encoding
  readonly input: CountedText
  /** Absent if more is billed than the response shows, as for reasoning. */
  readonly output?: CountedText
  /** Why a list of prices per token does not give the price of this. */
  readonly offList?: string
}

/** Texts, and the number of tokens that are added around them. */
export interface CountedText {
  readonly texts: readonly string[]
  readonly overhead: number
}

/** The model usage that one response reports. */
export interface UsageSighting {
  /** The id of the created object. Later responses with the same id report the same usage again. */
  readonly object?: string
  /** Whether this request started the work. A poll or a retrieval reports the usage of an earlier request. */
  readonly begins: boolean
  /** Usage by model. Absent if the response does not report it. */
  readonly uses?: readonly Use[]
  /** The model in the response, otherwise the model in the request. */
  readonly model?: string
  /** Set if the usage is not reported. */
  readonly estimateInput?: EstimateInput
}

/** Sums over requests. Requests that run no model (files, lists, polls, moderations, errors) are not counted. */
export interface UsageTotals {
  /** Requests that a model answered. */
  readonly requests: number
  /** The number of these requests whose usage was not reported and cannot be estimated. */
  readonly unknown: number
  /** The number of these requests whose usage is known but whose price is not. */
  readonly unpriced: number
  /** Reported usage only, without estimates. */
  readonly tokens: Tokens
  /** Seconds of audio that were billed by duration. Absent if there were none. */
  readonly audioSeconds?: number
  /**
   * US dollars for reported usage that has a price. The real cost is higher if `unknown` or `unpriced` is
   * over 0, or if `estimated` is set. Absent if no request has a price. 0 if there are no requests.
   */
  readonly usd?: number
  /** Not included in the other sums. Absent if nothing is estimated. */
  readonly estimated?: Estimated
}

/** Usage that was not reported, estimated from texts. An example is a chat stream without `include_usage`. */
export interface Estimated {
  /** The number of requests with estimated usage. */
  readonly requests: number
  /** The number of these requests whose price cannot be estimated. */
  readonly unpriced: number
  readonly tokens: Tokens
  /** US dollars for the requests whose price can be estimated. Absent if there are none. */
  readonly usd?: number
}

/** The usage of one model. A request that used two models is counted for both. */
export interface ModelUsage extends UsageTotals {
  /** The model in the response, otherwise the model in the request. Absent if neither names one. */
  readonly model?: string
}

export interface Usage extends UsageTotals {
  /** Sorted by name. */
  readonly models: readonly ModelUsage[]
}

/** The usage of a session: in total, and separately for replayed and real requests. */
export interface SessionUsage extends Usage {
  /** Requests answered from the cassette. The price is what live calls would have cost, at current prices. */
  readonly replayed: Usage
  /** Requests answered by the upstream in this session, whether or not they were recorded. */
  readonly spent: Usage
}

/** Adds up usages, such as those of all sessions in a test run. They may have been parsed from JSON. */
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

/** Fractions of a dollar or a second are rounded to this many parts. Token prices are not more precise. */
const PARTS = 1e12

/** Adds fractions as integers, so that the result does not depend on their order. */
export function sumOfParts(numbers: readonly number[]): number {
  return sum(numbers.map((number) => Math.round(number * PARTS))) / PARTS
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

/** Compares code units, so that the order does not depend on the locale. A model without a name comes last. */
function byName({ model: a }: ModelUsage, { model: b }: ModelUsage): number {
  if (a === b) return 0
  if (a === undefined || b === undefined) return a === undefined ? 1 : -1
  return a < b ? -1 : 1
}
