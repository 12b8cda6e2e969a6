import { expect, test } from 'vitest'
import type { RecordedRequest, ResponseBody } from '../../src/cassette/cassette.ts'
import type { EstimateInput, Tokens } from '../../src/api/usage.ts'
import { usageOfCassette } from '../../src/engine/usage/cassette-usage.ts'
import { estimateOf } from '../../src/engine/usage/totals.ts'
import { listPrices } from '../../src/node/prices.ts'
import { tiktoken } from '../../src/node/tokenizer.ts'
import { openai } from '../../src/openai/dialect.ts'
import { encodingOf } from '../../src/openai/usage/estimate-input.ts'

const chunk = (choice: object): object => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  model: 'gpt-4o-mini-2024-07-18',
  choices: [{ index: 0, ...choice }],
})

const stream = (...all: readonly object[]): ResponseBody => ({
  kind: 'events',
  events: [...all.map((each) => JSON.stringify(each)), '[DONE]'].map((data, offset) => ({
    offset,
    raw: `data: ${data}\n\n`,
  })),
})

const HELLO = stream(
  chunk({ delta: { role: 'assistant', content: '' } }),
  chunk({ delta: { content: 'This is' } }),
  chunk({ delta: { content: ' a test.' } }),
)

const requestOf = (json: object, path = '/v1/chat/completions'): RecordedRequest => ({
  method: 'POST',
  path,
  headers: [],
  body: { kind: 'json', text: JSON.stringify({ model: 'gpt-4o-mini', stream: true, ...json }) },
})

const SAY = [{ role: 'user', content: 'Say this is a test' }]

/** What the answer leaves to be estimated. */
function saidBy(request: RecordedRequest, body: ResponseBody, truncated = false): EstimateInput | undefined {
  const answer = { status: 200, headers: [], body, ...(truncated && { truncated: true as const }) }
  return openai.usage.sightings(request, answer)[0]?.estimateInput
}

const estimate = (request: RecordedRequest, body = HELLO): object | undefined => {
  const said = saidBy(request, body)
  return said === undefined ? undefined : estimateOf(said, tiktoken)
}

// What OpenAI told of this very request and answer.
test('a stream of plain words is estimated to the token', () => {
  const messages = [{ role: 'user', content: 'What is the capital of France?' }]
  const answer = stream(
    chunk({ delta: { content: 'The capital of France' } }),
    chunk({ delta: { content: ' is **Paris**.' } }),
  )
  expect(estimate(requestOf({ messages }), answer)).toEqual({ input: 14, output: 9 })
})

const TOOL = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'Get the weather for a location',
    parameters: {
      type: 'object',
      properties: { location: { type: 'string', description: 'The location to get weather for' } },
      required: ['location'],
    },
  },
}
const ASK = [
  { role: 'user', content: 'Use the get_weather tool for Paris, France. Do not answer from memory.' },
]
const called = (index: number, name: string, given: string): object =>
  chunk({ delta: { tool_calls: [{ index, id: `call_${index}`, function: { name, arguments: given } }] } })

// And of this one.
test('a call that was forced is estimated to the token, its name told by the request', () => {
  const choice = { type: 'function', function: { name: 'get_weather' } }
  const request = requestOf({ messages: ASK, tools: [TOOL], tool_choice: choice })
  const arguments_ = [called(0, '', '{"location":'), called(0, '', '"Paris, France"}')]
  expect(estimate(request, stream(called(0, 'get_weather', ''), ...arguments_))).toEqual({
    input: 77,
    output: 7,
  })
})

// And of this one.
test('tools beside a system message take less than by themselves', () => {
  const tools = [
    ['current_date', 'Return the current date'],
    ['current_month', 'Return the full name of the current month'],
  ].map(([name, description]) => ({
    type: 'function',
    function: {
      name,
      description,
      strict: true,
      parameters: { type: 'object', description: '', properties: {} },
    },
  }))
  const messages = [
    { role: 'system', content: "Always use a tool to answer. Reply with 'It is ____.'." },
    { role: 'user', content: [{ type: 'text', text: "What's the current date in Y-M-D format?" }] },
  ]
  expect(estimate(requestOf({ messages, tools }))).toMatchObject({ input: 78 })
})

test('several calls at once take more than each by itself', () => {
  const request = requestOf({ messages: ASK, tools: [TOOL] })
  const one = saidBy(request, stream(called(0, 'get_weather', '{"location":"Paris"}')))
  const two = saidBy(
    request,
    stream(called(0, 'get_weather', '{"location":"Paris"}'), called(1, 'get_weather', '{"location":"Rome"}')),
  )
  const output = (said: EstimateInput | undefined): number =>
    estimateOf(said as EstimateInput, tiktoken).output as number
  expect(output(two)).toBeGreaterThan(2 * output(one))
})

test('a refusal, each of several choices, and a legacy completion are counted', () => {
  expect(
    estimate(requestOf({ messages: SAY }), stream(chunk({ delta: { refusal: 'This is a test.' } }))),
  ).toEqual({
    input: 12,
    output: 5,
  })
  const choices = [0, 1].map((index) => chunk({ index, delta: { content: 'This is a test.' } }))
  expect(estimate(requestOf({ messages: SAY, n: 2 }), stream(...choices))).toEqual({ input: 12, output: 10 })
  const legacy = requestOf(
    { model: 'gpt-3.5-turbo-instruct', prompt: 'Say this is a test' },
    '/v1/completions',
  )
  const text = stream({
    id: 'cmpl-1',
    model: 'gpt-3.5-turbo-instruct',
    choices: [{ index: 0, text: 'This is a test.' }],
  })
  expect(estimate(legacy, text)).toEqual({ input: 5, output: 5 })
})

test('reasoning that is shown counts as output, under one name or two', () => {
  const thought = 'The weather depends on many things.'
  const output = (delta: object): number | undefined =>
    (
      estimate(
        requestOf({ messages: SAY }),
        stream(chunk({ delta }), chunk({ delta: { content: 'Hi' } })),
      ) as Tokens
    ).output
  const shown = output({ reasoning_content: thought })
  expect(shown).toBe(output({ content: thought }))
  expect(output({ reasoning: thought })).toBe(shown)
  expect(output({ reasoning: thought, reasoning_content: thought })).toBe(shown)
  const details = [{ type: 'reasoning.text', text: thought, index: 0 }]
  expect(output({ reasoning_details: details })).toBe(shown)
  expect(output({ reasoning: thought, reasoning_details: details })).toBe(shown)
})

test('a name that a gateway repeats in each piece of a call counts once', () => {
  const request = requestOf({ messages: ASK, tools: [TOOL] })
  const pieces = ['{"location":', '"Paris"', '}']
  const once = saidBy(
    request,
    stream(...pieces.map((piece, i) => called(0, i === 0 ? 'get_weather' : '', piece))),
  )
  const repeated = saidBy(request, stream(...pieces.map((piece) => called(0, 'get_weather', piece))))
  expect(repeated).toEqual(once)
  expect(once?.output?.texts).toEqual(['get_weather', '{"location":"Paris"}'])
})

test.each([
  [
    'a picture',
    { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://x' } }] }] },
  ],
  ['sound', { messages: SAY, modalities: ['text', 'audio'] }],
  ['a search', { messages: SAY, web_search_options: {} }],
  ['no message', {}],
])('%s is nothing that words tell, so that the request is unknown', (_, json) => {
  expect(estimate(requestOf(json))).toBeUndefined()
})

test('what a model thinks, drafts, or says behind a break is not seen, so that its output is not estimated', () => {
  const thinking = stream({
    ...chunk({ delta: { content: 'This is a test.' } }),
    model: 'o4-mini-2025-04-16',
  })
  expect(estimate(requestOf({ messages: SAY }), thinking)).toEqual({ input: 12 })
  const gpt5 = stream({ ...chunk({ delta: { content: 'This is a test.' } }), model: 'gpt-5.1-2025-11-13' })
  expect(estimate(requestOf({ messages: SAY }), gpt5)).toEqual({ input: 12 })
  expect(estimate(requestOf({ messages: SAY, reasoning_effort: 'none' }), gpt5)).toEqual({
    input: 12,
    output: 5,
  })
  expect(estimate(requestOf({ messages: SAY, prediction: { type: 'content', content: 'x' } }))).toEqual({
    input: 12,
  })
  expect(saidBy(requestOf({ messages: SAY }), HELLO, true)).not.toHaveProperty('output')
})

test('a model’s vocabulary is known by its name, and that of others is not guessed', () => {
  for (const model of [
    'gpt-4o',
    'gpt-4o-mini-2024-07-18',
    'gpt-4.1',
    'gpt-4.5-preview',
    'gpt-5.5',
    'o1',
    'o3-mini',
  ])
    expect(encodingOf(model), model).toBe('o200k_base')
  for (const model of ['openai/gpt-4o', 'ft:gpt-4o-mini-2024-07-18:acme::x', 'chatgpt-4o-latest'])
    expect(encodingOf(model), model).toBe('o200k_base')
  for (const model of ['gpt-4', 'gpt-4-turbo', 'gpt-4-0613', 'gpt-3.5-turbo', 'gpt-35-turbo-16k'])
    expect(encodingOf(model), model).toBe('cl100k_base')
  for (const model of [
    'gpt-oss-120b',
    'llama-3.1',
    'google/gemini-2.5-flash',
    'claude-5',
    'my-deployment',
    'o',
    'gpt-40',
  ])
    expect(encodingOf(model), model).toBeUndefined()
})

test('words that look like a special token, and runs that are long, are counted as words', () => {
  expect(tiktoken.count('<|endoftext|>', 'o200k_base')).toBeGreaterThan(1)
  // In one piece, this would take minutes.
  expect(tiktoken.count('qzjxkvbw'.repeat(5_000), 'o200k_base')).toBeGreaterThan(20_000)
  expect(tiktoken.count('', 'cl100k_base')).toBe(0)
})

test('schemas of any depth are counted', () => {
  const deep = `${'{"type":"object","properties":{"a":{"type":"array","items":'.repeat(20_000)}{}${'}}}'.repeat(20_000)}`
  const { body, ...request } = requestOf({
    messages: SAY,
    tools: [{ type: 'function', function: { name: 'f' } }],
  })
  const text = (body as { text: string }).text.replace('"name":"f"', `"name":"f","parameters":${deep}`)
  expect(estimate({ ...request, body: { kind: 'json', text } })).toMatchObject({ output: 5 })
})

test('an estimate stands beside what was told, and is in none of its sums', () => {
  const told = {
    kind: 'json',
    text: JSON.stringify({
      id: 'c',
      model: 'gpt-4o-mini-2024-07-18',
      usage: { prompt_tokens: 1_000_000, completion_tokens: 0 },
    }),
  } as const
  const interactions = [told, HELLO].map((body) => ({
    request: requestOf({ messages: SAY }),
    response: { status: 200, headers: [], body },
  }))
  const cassette = {
    version: 1,
    upstream: 'https://api.openai.com',
    recordedAt: '2026-11-22',
    interactions,
  } as const
  const reckoning = { dialect: openai, prices: listPrices }
  const { models, ...usage } = usageOfCassette(cassette, { ...reckoning, tokenizer: tiktoken })
  const usd = (12 * 0.15 + 5 * 0.6) / 1e6
  expect(usage).toEqual({
    requests: 2,
    unknown: 0,
    unpriced: 0,
    tokens: { input: 1_000_000, output: 0 },
    usd: 0.15,
    estimated: { requests: 1, unpriced: 0, tokens: { input: 12, output: 5 }, usd },
  })
  expect(models).toEqual([{ model: 'gpt-4o-mini-2024-07-18', ...usage }])
  const blind = usageOfCassette(cassette, reckoning)
  expect(blind).toMatchObject({ requests: 2, unknown: 1, tokens: { input: 1_000_000 } })
  expect(blind.estimated).toBeUndefined()
})

test('a cassette is priced as of its day, or of one that is named, and as often as it was played', () => {
  const body = {
    kind: 'json',
    text: JSON.stringify({
      id: 'c',
      model: 'gpt-4o-mini',
      usage: { prompt_tokens: 7, completion_tokens: 1 },
    }),
  } as const
  const interaction = { request: requestOf({ messages: SAY }), response: { status: 200, headers: [], body } }
  const interactions = [interaction, { ...interaction, recordedAt: '2026-11-23' }]
  const cassette = {
    version: 1,
    upstream: 'https://api.openai.com',
    recordedAt: '2026-11-22',
    interactions,
  } as const
  const days: string[] = []
  const prices = { usd: (_: unknown, __: string, on: string) => days.push(on) }
  usageOfCassette(cassette, { dialect: openai, prices })
  usageOfCassette(cassette, { dialect: openai, prices, on: '2027-01-01' })
  expect(days).toEqual(['2026-11-22', '2026-11-23', '2027-01-01', '2027-01-01'])
  const played = usageOfCassette(cassette, { dialect: openai, prices, times: (position) => position * 3 })
  expect(played).toMatchObject({ requests: 3, tokens: { input: 21, output: 3 } })
  expect(usageOfCassette(cassette, { dialect: openai, prices, times: () => 0 })).toEqual({
    requests: 0,
    unknown: 0,
    unpriced: 0,
    tokens: {},
    usd: 0,
    models: [],
  })
})
