import type { Tokens, Use } from '../../api/usage.ts'
import { asObject } from '../../json/access.ts'
import { isJsonObject, type Json, type JsonObject } from '../../json/json.ts'

/** The usage in a `usage` object of any endpoint; undefined when there is none. */
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

/** Chat has `prompt_tokens_details`, runs `prompt_token_details`, Responses `input_tokens_details`, Realtime `input_token_details`. */
function tokensOf(usage: JsonObject): Tokens {
  const { read, written } = cachedBeside(usage)
  const own = count(usage['input_tokens'] ?? usage['prompt_tokens'])
  const input = own === undefined ? undefined : own + (read ?? 0) + (written ?? 0)
  const total = count(usage['total_tokens'])
  // Embeddings report no output: their total shows that there is none.
  const rest = input === undefined || total === undefined ? undefined : total - input
  const output = count(usage['output_tokens'] ?? usage['completion_tokens'] ?? rest)
  const ofInput = details(usage, 'input', 'prompt')
  const ofOutput = details(usage, 'output', 'completion')
  const ofCached = asObject(ofInput['cached_tokens_details'] ?? usage['cached_tokens_details'])
  return known({
    input,
    textInput: count(ofInput['text_tokens']),
    audioInput: count(ofInput['audio_tokens']),
    imageInput: count(ofInput['image_tokens']),
    cachedInput: count(ofInput['cached_tokens'] ?? usage['cached_tokens']) ?? read,
    cachedTextInput: count(ofCached['text_tokens'] ?? ofCached['cached_text_tokens']),
    cachedAudioInput: count(ofCached['audio_tokens']),
    cachedImageInput: count(ofCached['image_tokens'] ?? ofCached['cached_image_tokens']),
    cacheWrites: count(ofInput['cache_write_tokens']) ?? written,
    output,
    textOutput: count(ofOutput['text_tokens']),
    audioOutput: count(ofOutput['audio_tokens']),
    imageOutput: count(ofOutput['image_tokens']),
    reasoning: count(ofOutput['reasoning_tokens']),
  })
}

/** Anthropic counts what its cache holds beside the input, not as part of it, and gives no total. */
function cachedBeside(usage: JsonObject): {
  readonly read?: number | undefined
  readonly written?: number | undefined
} {
  if (usage['input_tokens'] === undefined || usage['total_tokens'] !== undefined) return {}
  return {
    read: count(usage['cache_read_input_tokens']),
    written: count(usage['cache_creation_input_tokens']),
  }
}

/** The details of one direction, under whichever of its names. */
export function details(usage: JsonObject, ...names: readonly string[]): JsonObject {
  const keys = names.flatMap((name) => [`${name}_tokens_details`, `${name}_token_details`])
  return asObject(keys.map((key) => usage[key]).find(isJsonObject))
}

/** OpenRouter and similar gateways send what they charged. With the user's own key, the provider's bill is added. */
function charged(usage: JsonObject): number | undefined {
  const cost = count(usage['cost'])
  if (cost === undefined || usage['is_byok'] !== true) return cost
  const upstream = count(asObject(usage['cost_details'])['upstream_inference_cost'])
  return upstream === undefined ? undefined : cost + upstream
}

/** A count or an amount; undefined for null and everything else that is no number. */
export function count(value: Json | undefined): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
}

function known(tokens: { [kind in keyof Tokens]: number | undefined }): Tokens {
  return Object.fromEntries(Object.entries(tokens).filter(([, value]) => value !== undefined))
}
