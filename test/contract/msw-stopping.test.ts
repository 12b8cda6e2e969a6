import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { intercept } from '../../src/adapters/msw.ts'
import { openCassette } from '../../src/index.ts'
import { tempDir } from '../support/temp.ts'
import { localUpstream } from '../support/upstream.ts'

await import('../../examples/loopback-only.ts')

const STREAM = [
  'data: {"id":"chatcmpl-1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"Hi"}}]}',
  'data: [DONE]',
  '',
].join('\n\n')

test('MSW: a client that left a stream does not connect to the network when the interception ends at once', async () => {
  const dir = await tempDir()
  const upstream = await localUpstream(
    (_req, res) => void res.writeHead(200, { 'content-type': 'text/event-stream' }).end(STREAM),
  )
  for (const mode of ['record', 'replay'] as const) {
    await using vcr = await openCassette('c', { mode, dir, upstream: upstream.url })
    await using _intercepted = await intercept(vcr)
    const stream = await new OpenAI({ apiKey: 'none' }).chat.completions.create({
      model: 'gpt-4o-mini',
      messages: [{ role: 'user', content: 'Hi' }],
      stream: true,
    })
    const said: unknown[] = []
    for await (const { choices } of stream) said.push(choices[0]?.delta.content)
    expect(said).toEqual(['Hi'])
  }
})
