import type { ServerResponse } from 'node:http'
import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { intercept } from '../../src/adapters/intercept/intercept.ts'
import { openCassette } from '../../src/index.ts'
import { tempDir } from '../support/temp.ts'
import { localUpstream } from '../support/upstream.ts'

await import('../../examples/loopback-only.ts')

const STREAM = [
  'data: {"id":"chatcmpl-1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"Hi"}}]}',
  'data: [DONE]',
  '',
].join('\n\n')

/** Reads a stream as openai's client does: it leaves at `[DONE]`. */
async function ask(content: string): Promise<void> {
  const stream = await new OpenAI({ apiKey: 'none', maxRetries: 0 }).chat.completions.create({
    model: 'gpt-4o-mini',
    messages: [{ role: 'user', content }],
    stream: true,
  })
  const said: unknown[] = []
  for await (const { choices } of stream) said.push(choices[0]?.delta.content)
  expect(said).toEqual(['Hi'])
}

function open(res: ServerResponse): ServerResponse {
  res.writeHead(200, { 'content-type': 'text/event-stream' }).write(STREAM)
  return res
}

test('MSW: a client that left a stream does not connect to the network when the interception ends at once', async () => {
  const dir = await tempDir()
  const upstream = await localUpstream((_req, res) => void open(res).end())
  for (const mode of ['record', 'replay'] as const) {
    await using vcr = await openCassette('c', { mode, dir, upstream: upstream.url })
    await using _intercepted = await intercept(vcr)
    await ask('Hi')
  }
})

test('MSW: clients that left streams connect to nobody, and what they ask next is not lost', async () => {
  const left: ServerResponse[] = []
  const upstream = await localUpstream((_req, res) => {
    for (const each of left.splice(0)) each.end()
    left.push(open(res))
  })
  const vcr = await openCassette('c', { mode: 'record', dir: await tempDir(), upstream: upstream.url })
  const interception = await intercept(vcr)
  await Promise.all(
    ['a', 'b', 'c', 'd'].map(async (client) => {
      for (let n = 1; n <= 4; n++) await ask(`${client} ${n}`)
    }),
  )
  for (const each of left) each.end()
  await interception.stop()
  expect((await vcr.close())?.added).toBe(16)
  expect(vcr.journal.map(({ outcome }) => outcome)).toEqual(Array(16).fill('recorded'))
})
