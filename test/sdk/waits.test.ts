import { createOpenAI } from '@ai-sdk/openai'
import { generateText } from 'ai'
import OpenAI from 'openai'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { cassette, got } from '../contract/written.ts'
import { openCassette } from '../../src/index.ts'

/** What every sleep of a client was to take, in ms. */
const slept: number[] = []

beforeAll(() => {
  const real = globalThis.setTimeout
  vi.stubGlobal('setTimeout', (callback: () => void, ms = 0) => {
    slept.push(ms)
    return real(callback, ms)
  })
})
afterAll(() => void vi.unstubAllGlobals())

/** The longest that clients slept meanwhile. Their time-outs are a minute and longer. */
async function longest(act: () => Promise<unknown>): Promise<number> {
  slept.length = 0
  await act()
  return Math.max(0, ...slept.filter((ms) => ms < 60_000))
}

const JSON_TYPE = 'content-type: application/json'

const run = (status: string): string => JSON.stringify({ id: 'run_1', thread_id: 'thread_1', status })
const batch = (status: string): string => JSON.stringify({ id: 'vsfb_1', vector_store_id: 'vs_1', status })

test('the polling helpers of openai do not sleep', async () => {
  const at = '/v1/threads/thread_1/runs/run_1'
  const batches = '/v1/vector_stores/vs_1/file_batches/vsfb_1'
  const dir = await cassette(
    ...['queued', 'in_progress', 'completed'].map((status) => got(at, run(status), 200, JSON_TYPE)),
    got(batches, batch('in_progress'), 200, `${JSON_TYPE}\n        openai-poll-after-ms: 5000`),
    got(batches, batch('completed'), 200, JSON_TYPE),
  )
  await using vcr = await openCassette('c', { dir, matchers: { parts: ['method', 'path'] } })
  const client = new OpenAI({ apiKey: 'none', fetch: vcr.fetch })
  const waited = await longest(async () => {
    await client.beta.threads.runs.poll('run_1', { thread_id: 'thread_1' })
    await client.vectorStores.fileBatches.poll('vs_1', 'vsfb_1')
  })
  expect(waited).toBe(1)
})

test('the retries of openai do not sleep, whatever the answer says', async () => {
  const limits = ['retry-after: 20', 'retry-after-ms: 20000', 'x-request-id: req_1']
  for (const status of [408, 409, 429, 500, 503]) {
    for (const header of limits) {
      const dir = await cassette(
        got('/v1/models/m', 'x', status, header),
        got('/v1/models/m', '{"id":"m","object":"model"}'),
      )
      await using vcr = await openCassette('c', { dir })
      const client = new OpenAI({ apiKey: 'none', fetch: vcr.fetch })
      expect(await longest(() => client.models.retrieve('m'))).toBe(1)
      expect(vcr.unused()).toEqual([])
    }
  }
})

test('the retries of the AI SDK do not sleep', async () => {
  const request = `  - request:
      method: POST
      path: /v1/chat/completions
      body:
        json: '{"model":"m","messages":[{"role":"user","content":"Hi"}]}'
    response:
`
  const limited = `${request}      status: 429
      headers: |
        retry-after: 20
      body:
        text: '{"error":{"message":"slow down","type":"requests","param":null,"code":"rate_limit_exceeded"}}'
`
  const answer = `${request}      status: 200
      headers: |
        content-type: application/json
      body:
        text: '{"id":"chatcmpl-1","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}]}'
`
  const dir = await cassette(limited, answer)
  await using vcr = await openCassette('c', { dir })
  const model = createOpenAI({ apiKey: 'none', fetch: vcr.fetch }).chat('m')
  let text = ''
  const waited = await longest(async () => {
    text = (await generateText({ model, prompt: 'Hi' })).text
  })
  expect(text).toBe('Hello')
  expect(waited).toBe(1)
})
