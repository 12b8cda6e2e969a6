import { createRequire } from 'node:module'
import type * as genaiPrices from '@pydantic/genai-prices'
import type { Use } from '../api/usage.ts'
import type { Prices } from '../engine/ports.ts'

type List = typeof genaiPrices

const require = createRequire(import.meta.url)

/** The list is 0.5 MB and takes 30 ms: it is loaded by whoever asks for a price first, and who opens a cassette does not wait. */
let loaded: List | undefined

/** The prices of genai-prices, which come with the package: nothing is fetched. */
export const listPrices: Prices = {
  usd(use, from, on) {
    loaded ??= require('@pydantic/genai-prices') as List
    const { model } = use
    const provider = model === undefined ? undefined : providerOf(loaded, model, from)
    return provider === undefined ? undefined : priced(loaded, use, provider, on)
  },
}

interface Listed {
  readonly providerId: string
  readonly model: string
}

/** Whose prices count: those of the host that was asked, and OpenAI's for their models on a host that nobody knows. */
function providerOf(list: List, model: string, from: string | undefined): Listed | undefined {
  if (from !== undefined) {
    // Some models cost more where their data stays in a region. The list does not say which.
    if (/^https:\/\/[a-z]{2}\.api\.openai\.com\b/.test(from)) return undefined
    const known = list.findProvider({ providerApiUrl: from })
    if (known !== undefined) return { providerId: known.id, model }
  }
  // Open weights: whoever runs them has a price of their own.
  if (model.includes('gpt-oss')) return undefined
  return { providerId: 'openai', model: model.replace(/^openai\//, '') }
}

function priced(list: List, use: Use, { providerId, model }: Listed, on: string): number | undefined {
  const { tokens } = use
  // Some upstreams count reasoning besides the output, and bill it.
  if ((tokens.reasoning ?? 0) > (tokens.output ?? 0)) return undefined
  const found = lookedUp(list, use, { providerId, model }, on)
  if (found === null) return undefined
  const has = (key: string): boolean => found.model_price[key] !== undefined
  // What a price is listed for must be told, and what was used must be listed: else the list says 0 for it.
  const isTold = (key: string, amount: number | undefined): boolean => !has(key) || amount !== undefined
  const isListed = ([key, amount]: readonly [string, number | undefined]): boolean => !amount || has(key)
  if (!isTold('input_mtok', tokens.input) || !isTold('output_mtok', tokens.output)) return undefined
  return NEEDED.map(([key, amountOf]) => [key, amountOf(use)] as const).every(isListed)
    ? found.total_price
    : undefined
}

/** Under which name the list has the price of what. */
const NEEDED: readonly (readonly [key: string, amountOf: (use: Use) => number | undefined])[] = [
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

function lookedUp(
  list: List,
  use: Use,
  { providerId, model }: Listed,
  on: string,
): ReturnType<List['calcPrice']> {
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
    // It throws a plain Error for counts that contradict each other, or do not tell what its prices ask for.
    return null
  }
}
