import { expect, test } from 'vitest'
import type { Use } from '../../src/api/usage.ts'
import { listPrices } from '../../src/node/prices.ts'

const OPENAI = 'https://api.openai.com/v1/chat/completions'
const MILLION = { input: 1_000_000, output: 1_000_000 }

/** What a million tokens each way cost, or what is told. */
function usd(
  model: string,
  { from = OPENAI, on = '2026-11-22', ...use }: Partial<Use> & { from?: string; on?: string } = {},
): number | undefined {
  return listPrices.usd({ model, tokens: MILLION, ...use }, from, on)
}

// OpenAI's published prices per million tokens (https://developers.openai.com/api/docs/pricing).
test('input, cached input and output have their own prices', () => {
  expect(usd('gpt-4o-mini')).toBeCloseTo(0.15 + 0.6, 10)
  expect(usd('gpt-4o-mini', { tokens: { input: 1e6, cachedInput: 4e5, output: 0 } })).toBeCloseTo(
    0.6 * 0.15 + 0.4 * 0.075,
    10,
  )
  expect(usd('gpt-4o-2024-08-06')).toBeCloseTo(12.5, 10)
  expect(usd('text-embedding-3-small', { tokens: { input: 1e6, output: 0 } })).toBeCloseTo(0.02, 10)
})

test('reasoning is part of the output, and not paid twice', () => {
  expect(usd('gpt-5', { tokens: { input: 0, output: 1e6, reasoning: 9e5 } })).toBeCloseTo(10, 10)
})

test('audio, images, seconds and searches have their own prices', () => {
  const audio = { input: 1e6, textInput: 5e5, audioInput: 5e5, output: 1e6, textOutput: 0, audioOutput: 1e6 }
  expect(usd('gpt-audio', { tokens: audio })).toBeCloseTo(0.5 * 2.5 + 0.5 * 32 + 64, 10)
  const image = { input: 239, textInput: 45, imageInput: 194, output: 1056, textOutput: 0, imageOutput: 1056 }
  expect(usd('gpt-image-1', { tokens: image })).toBeCloseTo((45 * 5 + 194 * 10 + 1056 * 40) / 1e6, 10)
  expect(usd('whisper-1', { tokens: {}, audioSeconds: 600 })).toBeCloseTo(0.06, 10)
  expect(usd('gpt-5', { tokens: { input: 0, output: 0 }, webSearches: 3, fileSearches: 2 })).toBeCloseTo(
    0.035,
    10,
  )
})

test('what was cached of which kind counts where kinds have prices of their own', () => {
  const tokens = {
    input: 132,
    textInput: 119,
    audioInput: 13,
    imageInput: 0,
    cachedInput: 64,
    cachedTextInput: 60,
    cachedAudioInput: 4,
    cachedImageInput: 0,
    output: 121,
    textOutput: 30,
    audioOutput: 91,
  }
  const cost = 59 * 4 + 9 * 32 + 60 * 0.4 + 4 * 0.4 + 30 * 16 + 91 * 64
  expect(usd('gpt-realtime', { tokens })).toBeCloseTo(cost / 1e6, 10)
  expect(
    usd('gpt-realtime', { tokens: { input: 132, audioInput: 13, cachedInput: 64, output: 121 } }),
  ).toBeUndefined()
})

test('the day decides where a price changed', () => {
  expect(usd('o3', { on: '2025-06-09' })).toBeCloseTo(50, 10)
  expect(usd('o3', { on: '2025-06-10' })).toBeCloseTo(10, 10)
})

test('other providers have their own prices, unknown hosts OpenAI’s for its models', () => {
  expect(usd('openai/gpt-oss-120b', { from: 'https://api.groq.com/openai/v1/chat/completions' })).toBeCloseTo(
    0.75,
    10,
  )
  expect(usd('openai/gpt-4o', { from: 'https://openrouter.ai/api/v1/chat/completions' })).toBeCloseTo(
    12.5,
    10,
  )
  expect(
    usd('gpt-4o-2024-11-20', { from: 'https://mine.openai.azure.com/openai/deployments/x/chat/completions' }),
  ).toBeCloseTo(12.5, 10)
  for (const model of ['gpt-4o', 'openai/gpt-4o'])
    expect(usd(model, { from: 'http://127.0.0.1:8080/v1/chat/completions' })).toBeCloseTo(12.5, 10)
})

test('no price is given that may be wrong', () => {
  const unknown: Record<string, number | undefined> = {
    'no such model': usd('gpt-99'),
    'a model of nobody’s': usd('llama3', { from: 'http://127.0.0.1:11434/v1/chat/completions' }),
    'open weights on a host of one’s own': usd('openai/gpt-oss-120b', {
      from: 'http://127.0.0.1:8000/v1/chat/completions',
    }),
    'a name without a model': listPrices.usd({ tokens: MILLION }, OPENAI, '2026-11-22'),
    'a region': usd('gpt-4o', { from: 'https://eu.api.openai.com/v1/chat/completions' }),
    'not listed at all': usd('tts-1') ?? usd('dall-e-3') ?? usd('sora-2'),
    'audio at a price for text': usd('gpt-4o-audio-preview', { tokens: { ...MILLION, audioOutput: 10 } }),
    'tokens at a price for seconds': usd('whisper-1'),
    'seconds at a price for tokens': usd('gpt-4o-transcribe', { tokens: {}, audioSeconds: 60 }),
    'searches that are not listed': usd('gpt-5.3-codex', { webSearches: 1 }),
    'a cache that is not listed': usd('gpt-audio', { tokens: { ...MILLION, cachedInput: 5 } }),
    'no output told': usd('gpt-4o', { tokens: { input: 5 } }),
    'no input told': usd('gpt-4o', { tokens: { output: 5 } }),
    'more cached than there was': usd('gpt-4o', { tokens: { input: 5, cachedInput: 6, output: 1 } }),
    'reasoning besides the output': usd('gpt-5', { tokens: { input: 5, output: 1, reasoning: 6 } }),
  }
  expect(unknown).toEqual(Object.fromEntries(Object.keys(unknown).map((name) => [name, undefined])))
})
