import type { Tokens, Use } from '../../api/usage.ts'
import { asObject } from '../../json/access.ts'
import { isJsonObject, type Json, type JsonObject } from '../../json/json.ts'

/** Reads the `usage` object of any endpoint; undefined if it contains no usage. */
export function usageFrom(usage: Json | undefined): Use | undefined {
  if (!isJsonObject(usage)) return undefined
  const tokens = tokensOf(usage)
  const audioSeconds = usage['type'] === 'duration' ? count(usage['seconds']) : undefined
  if (tokens.input === undefined && tokens.output === undefined && audioSeconds === undefined)
    return undefined
  const usd = charged(usage)
  return {
    tokens,
    ...(audioSeconds === undefined ? {} : { audioSeconds }),
    ...(usd === undefined ? {} : { usd }),
  }
}

/**
 * The details are in `prompt_tokens_details` in chat completions, in `prompt_token_details` in runs, in
 * `input_tokens_details` in Responses, and in `input_token_details` in Realtime.
 */
function tokensOf(usage: JsonObject): Tokens {
  // Anthropic sends no total, and counts cached tokens in addition to the input tokens.
  const anthropic: JsonObject = usage['total_tokens'] === undefined ? usage : {}
  const read = count(anthropic['cache_read_input_tokens'])
  const written = count(anthropic['cache_creation_input_tokens'])
  const reported = count(usage['input_tokens'] ?? usage['prompt_tokens'])
  const input = reported === undefined ? undefined : reported + (read ?? 0) + (written ?? 0)
  const total = count(usage['total_tokens'])
  // Embeddings report no output tokens. Their total equals the input.
  const rest = input === undefined || total === undefined ? undefined : total - input
  const output = count(usage['output_tokens'] ?? usage['completion_tokens'] ?? rest)
  const inputDetails = details(usage, 'input', 'prompt')
  const outputDetails = details(usage, 'output', 'completion')
  const cachedDetails = asObject(inputDetails['cached_tokens_details'] ?? usage['cached_tokens_details'])
  return withoutUndefined({
    input,
    textInput: count(inputDetails['text_tokens']),
    audioInput: count(inputDetails['audio_tokens']),
    imageInput: count(inputDetails['image_tokens']),
    cachedInput: count(inputDetails['cached_tokens'] ?? usage['cached_tokens']) ?? read,
    cachedTextInput: count(cachedDetails['text_tokens'] ?? cachedDetails['cached_text_tokens']),
    cachedAudioInput: count(cachedDetails['audio_tokens']),
    cachedImageInput: count(cachedDetails['image_tokens'] ?? cachedDetails['cached_image_tokens']),
    cacheWrites: count(inputDetails['cache_write_tokens']) ?? written,
    output,
    textOutput: count(outputDetails['text_tokens']),
    audioOutput: count(outputDetails['audio_tokens']),
    imageOutput: count(outputDetails['image_tokens']),
    reasoning: count(outputDetails['reasoning_tokens']),
  })
}

/** The token details under any of these names. */
export function details(usage: JsonObject, ...names: readonly string[]): JsonObject {
  const keys = names.flatMap((name) => [`${name}_tokens_details`, `${name}_token_details`])
  return asObject(keys.map((key) => usage[key]).find(isJsonObject))
}

/** OpenRouter and similar gateways report their charge. If they use the user's own key, the provider's charge is added. */
function charged(usage: JsonObject): number | undefined {
  const cost = count(usage['cost'])
  if (cost === undefined || usage['is_byok'] !== true) return cost
  const upstream = count(asObject(usage['cost_details'])['upstream_inference_cost'])
  return upstream === undefined ? undefined : cost + upstream
}

/** Reads a count or an amount; undefined if the value is not a finite number of at least 0. */
export function count(value: Json | undefined): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
}

function withoutUndefined(tokens: { [kind in keyof Tokens]: number | undefined }): Tokens {
  return Object.fromEntries(Object.entries(tokens).filter(([, value]) => value !== undefined))
}
