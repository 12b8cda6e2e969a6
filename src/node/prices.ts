import { createRequire } from 'node:module'
import type * as genaiPrices from '@pydantic/genai-prices'
import type { Use } from '../api/usage.ts'
import type { Prices } from '../engine/ports.ts'

type PriceList = typeof genaiPrices

const require = createRequire(import.meta.url)

/** Loaded on demand: the list is 0.5 MB and takes 30 ms to load. */
let loaded: PriceList | undefined

/** The prices in the npm package @pydantic/genai-prices. Nothing is fetched. */
export const listPrices: Prices = {
  usd(use, from, on) {
    loaded ??= require('@pydantic/genai-prices') as PriceList
    const { model } = use
    const provider = model === undefined ? undefined : providerOf(loaded, model, from)
    return provider === undefined ? undefined : priceOf(loaded, use, provider, on)
  },
}

interface PriceKey {
  readonly providerId: string
  readonly model: string
}

/** Uses the provider with the upstream's host, or OpenAI for an unknown host. */
function providerOf(list: PriceList, model: string, from: string | undefined): PriceKey | undefined {
  if (from !== undefined) {
    // Some models cost more at OpenAI's regional hosts, and the list does not say which.
    if (/^https:\/\/[a-z]{2}\.api\.openai\.com\b/.test(from)) return undefined
    const known = list.findProvider({ providerApiUrl: from })
    if (known !== undefined) return { providerId: known.id, model }
  }
  // Each host sets its own price for models with open weights.
  if (model.includes('gpt-oss')) return undefined
  return { providerId: 'openai', model: model.replace(/^openai\//, '') }
}

function priceOf(list: PriceList, use: Use, { providerId, model }: PriceKey, on: string): number | undefined {
  const { tokens } = use
  // Some upstreams count and bill reasoning in addition to the output.
  if ((tokens.reasoning ?? 0) > (tokens.output ?? 0)) return undefined
  const found = calculated(list, use, { providerId, model }, on)
  if (found === null) return undefined
  const has = (key: string): boolean => found.model_price[key] !== undefined
  // The list counts a missing amount, and an amount without a price, as 0. So every amount with a listed price must be
  // known, and every amount that was used must have a listed price.
  const isKnown = (key: string, amount: number | undefined): boolean => !has(key) || amount !== undefined
  const isListed = ([key, amount]: readonly [string, number | undefined]): boolean => !amount || has(key)
  if (!isKnown('input_mtok', tokens.input) || !isKnown('output_mtok', tokens.output)) return undefined
  return PRICE_KEYS.map(([key, amountOf]) => [key, amountOf(use)] as const).every(isListed)
    ? found.total_price
    : undefined
}

/** The key of each amount's price in the list. */
const PRICE_KEYS: readonly (readonly [key: string, amountOf: (use: Use) => number | undefined])[] = [
  ['input_mtok', ({ tokens }) => tokens.input],
  ['output_mtok', ({ tokens }) => tokens.output],
  ['cache_read_mtok', ({ tokens }) => tokens.cachedInput],
  ['cache_write_mtok', ({ tokens }) => tokens.cacheWrites],
  ['input_audio_mtok', ({ tokens }) => tokens.audioInput],
  ['output_audio_mtok', ({ tokens }) => tokens.audioOutput],
  ['audio_hours', ({ audioSeconds }) => audioSeconds],
  ['web_searches_kcount', ({ webSearches }) => webSearches],
  ['storage_searches_kcount', ({ fileSearches }) => fileSearches],
]

function calculated(
  list: PriceList,
  use: Use,
  { providerId, model }: PriceKey,
  on: string,
): ReturnType<PriceList['calcPrice']> {
  const { tokens, audioSeconds, webSearches, fileSearches } = use
  const usage = {
    input_tokens: tokens.input,
    input_text_tokens: tokens.textInput,
    input_audio_tokens: tokens.audioInput,
    input_image_tokens: tokens.imageInput,
    cache_read_tokens: tokens.cachedInput,
    cache_text_read_tokens: tokens.cachedTextInput,
    cache_audio_read_tokens: tokens.cachedAudioInput,
    cache_image_read_tokens: tokens.cachedImageInput,
    cache_write_tokens: tokens.cacheWrites,
    output_tokens: tokens.output,
    output_text_tokens: tokens.textOutput,
    output_audio_tokens: tokens.audioOutput,
    output_image_tokens: tokens.imageOutput,
    output_reasoning_tokens: tokens.reasoning,
    audio_seconds: audioSeconds,
    web_searches: webSearches,
    storage_searches: fileSearches,
  }
  try {
    return list.calcPrice(usage, model, { providerId, timestamp: new Date(`${on}T12:00:00Z`) })
  } catch {
    // calcPrice throws a plain Error for contradictory counts, and if a count that a price needs is missing.
    return null
  }
}
