import type { Encoding } from '../../api/usage.ts'

/** By model, as OpenAI's tiktoken has it; in this order. */
const ENCODINGS: readonly (readonly [RegExp, Encoding])[] = [
  [/^(?:gpt-4o|chatgpt-4o|gpt-4\.\d|gpt-5|o\d|codex-mini)(?![a-z\d])/, 'o200k_base'],
  [/^(?:gpt-4|gpt-3\.5-turbo|gpt-35-turbo|davinci-002|babbage-002)(?![a-z\d])/, 'cl100k_base'],
]

/** How a model counts tokens; undefined for those of others, and for those that nobody knows. */
export function encodingOf(model: string): Encoding | undefined {
  // Gateways say whose it is; a model that was tuned counts as the one that it was made from.
  const plain = model.replace(/^openai\//, '').replace(/^ft:/, '')
  return ENCODINGS.find(([pattern]) => pattern.test(plain))?.[1]
}

/** Whether a model thinks before it speaks: that is billed as output, and not shown. */
export function reasons(model: string): boolean {
  return /^(?:openai\/)?(?:ft:)?(?:o\d|gpt-5(?!-chat)|codex-mini)/.test(model)
}
