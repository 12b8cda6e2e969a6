import { expect, test } from 'vitest'
import { BUDGET, NOTHING, overInWords } from '../../src/policies/budget/amount.ts'
import type { RecordedRequest } from '../../src/cassette/cassette.ts'
import { type Metering, UsageMeter } from '../../src/policies/budget/usage-meter.ts'
import { optionsFrom } from '../../src/json/input/place.ts'
import { Scope } from '../../src/engine/scope.ts'
import { estimateUsage } from '../../src/openai/usage/estimate.ts'
import { callsModel } from '../../src/openai/usage/model-called.ts'

const uses = [{ tokens: {} }]
const amount = (tokens: number) => ({ tokens, usd: tokens / 1000 })

test.for([
  [5, 'expected { usd: 0.01 }, { tokens: 20000 } or both, found 5'],
  [null, 'expected { usd: 0.01 }, { tokens: 20000 } or both, found null'],
  [{}, 'expected { usd: 0.01 }, { tokens: 20000 } or both, found an empty object'],
  [{ eur: 1 }, 'unknown option `eur`; expected one of `usd`, `tokens`'],
  [{ token: 1 }, 'unknown option `token`; did you mean `tokens`?'],
  [{ usd: '0.01' }, "option `usd`: expected an amount of US dollars from 0, such as 0.01, found '0.01'"],
  [{ usd: -1 }, 'option `usd`: expected an amount of US dollars from 0, such as 0.01, found -1'],
  [{ tokens: 0.5 }, 'option `tokens`: expected a whole number from 0, such as 20000, found 0.5'],
] as const)('%j is no budget', ([value, message]) => {
  const place = optionsFrom('the budget', (text) => text)
  expect(() => BUDGET.read(value, place)).toThrow(`the budget: ${message}`)
})

test('a request is refused once as much is used as there is, and not for what it may use itself', () => {
  expect(overInWords({ usd: 0.01 }, { usd: 0.009999, tokens: 1e9 }, NOTHING)).toBeUndefined()
  expect(overInWords({ usd: 0.01 }, { usd: 0.01, tokens: 0 }, NOTHING)).toBe(
    'over the budget: 0.01 of 0.01 USD used',
  )
  expect(overInWords({ usd: 0.3 }, { usd: 0.1 + 0.2 - 1e-16, tokens: 0 }, NOTHING)).toBeDefined()
  expect(overInWords({ usd: 9, tokens: 100 }, { usd: 1, tokens: 120 }, NOTHING)).toBe(
    'over the budget: 120 of 100 tokens used',
  )
  expect(overInWords({ tokens: 100 }, amount(60), amount(40))).toBe(
    'over the budget: 60 of 100 tokens used, plus an estimated 40 for requests in flight',
  )
  expect(overInWords({ tokens: 0 }, NOTHING, NOTHING)).toBeDefined()
})

test('what was begun counts by its estimate until a poll tells, and polls that tell again add nothing', () => {
  const meter = new UsageMeter()
  const add = (sighting: Metering['sighting'], tokens: number): number => {
    meter.add({ sighting, amount: amount(tokens) })
    return meter.used.tokens
  }
  expect(add({ begins: true, object: 'run_1' }, 1000)).toBe(1000)
  expect(add({ begins: true, uses }, 5)).toBe(1005)
  expect(add({ begins: false, object: 'run_1', uses }, 40)).toBe(45)
  expect(add({ begins: false, object: 'run_1', uses }, 40)).toBe(45)
  expect(add({ begins: false, object: 'run_of_others', uses }, 70)).toBe(45)
})

test('what a scope used is taken back, and what others used stays', () => {
  const meter = new UsageMeter()
  const [one, two] = [new Scope(), new Scope()]
  const add = (scope: Scope | undefined, tokens: number, object?: string): void =>
    meter.add(
      {
        sighting: { begins: true, ...(object === undefined ? { uses } : { object }) },
        amount: amount(tokens),
      },
      scope,
    )
  add(undefined, 1)
  add(one, 10)
  add(two, 100, 'run_1')
  add(one, 1000, 'run_2')
  meter.undo(one)
  expect(meter.used).toEqual({ tokens: 101, usd: expect.closeTo(0.101) as unknown })
  meter.add({ sighting: { begins: false, object: 'run_2', uses }, amount: amount(7) }, two)
  meter.add({ sighting: { begins: false, object: 'run_1', uses }, amount: amount(7) }, two)
  expect(meter.used.tokens).toBe(8)
  meter.undo(two)
  expect(meter.used.tokens).toBe(1)
})

const request = (method: string, path: string, body?: object): RecordedRequest => ({
  method,
  path,
  headers: [],
  body: body === undefined ? { kind: 'empty' } : { kind: 'json', text: JSON.stringify(body) },
})

test.for([
  ['POST', '/v1/chat/completions', true],
  ['POST', '/v1/responses?a=b', true],
  ['POST', '/openai/deployments/gpt/chat/completions?api-version=1', true],
  ['POST', '/v1/threads/thread_1/runs', true],
  ['POST', '/v1/threads/thread_1/runs/run_1/submit_tool_outputs', true],
  ['POST', '/v1/something/new', true],
  ['POST', '/v1/batches', true],
  ['GET', '/v1/models', false],
  ['GET', '/v1/responses/resp_1', false],
  ['DELETE', '/v1/responses/resp_1', false],
  ['POST', '/v1/files', false],
  ['POST', '/v1/threads/thread_1/messages', false],
  ['POST', '/v1/responses/resp_1/cancel', false],
  ['POST', '/v1/threads/thread_1/runs/run_1/cancel', false],
  ['POST', '/v1/threads/thread_1/runs/run_1', false],
  ['POST', '/v1/chat/completions/chatcmpl-1', false],
  ['POST', '/v1/moderations', false],
] as const)('%s %s asks a model: %j', ([method, path, asks]) => {
  expect(callsModel(request(method, path))).toBe(asks)
})

test('a request may use what it says, and what it lets the model answer', () => {
  const chat = '/v1/chat/completions'
  const words = { model: 'm', messages: [{ role: 'user', content: 'x'.repeat(400) }] }
  const input = Math.ceil(JSON.stringify(words).length / 4)
  expect(estimateUsage(request('POST', chat, words))).toEqual({ input, output: 1000 })
  expect(estimateUsage(request('POST', chat, { ...words, max_tokens: 5, n: 3 }))).toMatchObject({
    output: 15,
  })
  expect(estimateUsage(request('POST', '/v1/responses', { max_output_tokens: 5 }))).toMatchObject({
    output: 5,
  })
  expect(estimateUsage(request('POST', '/v1/embeddings', { input: 'x' }))).toEqual({ input: 4 })
  const image = { ...words, image: `data:image/png;base64,${'A'.repeat(100_000)}` }
  expect(estimateUsage(request('POST', chat, image)).input).toBeLessThan(input + 20)
  expect(estimateUsage(request('POST', chat))).toEqual({})
})
