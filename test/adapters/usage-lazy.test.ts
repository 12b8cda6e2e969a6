import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { openCassette } from '../../src/index.ts'
import { tempDir } from '../support/temp.ts'
import { localUpstream } from '../support/upstream.ts'

const { cache, resolve } = createRequire(import.meta.url)
const isLoaded = (): boolean => cache[resolve('@pydantic/genai-prices')] !== undefined

// What another test loaded would stay loaded in its worker: this is in a file of its own, outside of unit/.
test('the list of prices is loaded when somebody asks for usage, and not to record or to play', async () => {
  const usage = { prompt_tokens: 1_000_000, completion_tokens: 0 }
  const answer = JSON.stringify({ id: 'chatcmpl-1', model: 'gpt-4o-mini', usage })
  const upstream = await localUpstream((_req, res) => void res.end(answer))
  const dir = await tempDir()
  const ask = async (mode: 'record' | 'replay'): Promise<number | undefined> => {
    await using vcr = await openCassette('c', { mode, dir, upstream: upstream.url })
    await vcr
      .fetch('https://api.openai.com/v1/chat/completions', { method: 'POST' })
      .then((got) => got.text())
    expect(isLoaded()).toBe(false)
    return mode === 'replay' ? vcr.usage().usd : undefined
  }
  await ask('record')
  expect(await ask('replay')).toBeCloseTo(0.15, 10)
  expect(isLoaded()).toBe(true)
})

test('a vocabulary is loaded when there is something to estimate, and only if it is asked for', async () => {
  const isHere = (): boolean => cache[resolve('js-tiktoken/ranks/o200k_base')] !== undefined
  const chunk = { id: 'chatcmpl-1', model: 'gpt-4o-mini', choices: [{ index: 0, delta: { content: 'Hi' } }] }
  const upstream = await localUpstream((_req, res) => {
    res.setHeader('content-type', 'text/event-stream')
    res.end(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`)
  })
  await using vcr = await openCassette('c', {
    mode: 'record',
    dir: await tempDir(),
    upstream: upstream.url,
  })
  const body = JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }] })
  const headers = { 'content-type': 'application/json' }
  await vcr
    .fetch('https://api.openai.com/v1/chat/completions', { method: 'POST', headers, body })
    .then((got) => got.text())
  expect(vcr.usage({ estimates: false })).toMatchObject({ requests: 1, unknown: 1 })
  expect(isHere()).toBe(false)
  expect(vcr.usage().spent).toMatchObject({ unknown: 0, estimated: { requests: 1, tokens: { output: 1 } } })
  expect(isHere()).toBe(true)
})
