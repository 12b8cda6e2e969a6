import { awaitAllCallbacks } from '@langchain/core/callbacks/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { run } from '../../examples/frameworks/langchain.ts'
import { throughMsw, throughServer } from '../sdk/ways.ts'
import { startStandIn } from '../stand-in/start.ts'
import { tempDir } from '../support/temp.ts'
import { localUpstream, readAll } from '../support/upstream.ts'
import { outcomes, through } from './through.ts'

await import('../../examples/loopback-only.ts')

test('traces that LangChain sends to LangSmith pass by: neither recorded nor missed, and they arrive', async () => {
  const traced: string[] = []
  const langsmith = await localUpstream(async (req, res) => {
    traced.push(`${req.method} ${req.url}`)
    await readAll(req)
    res.writeHead(202, { 'content-type': 'application/json' }).end('{}')
  })
  vi.stubEnv('LANGSMITH_TRACING', 'true')
  vi.stubEnv('LANGSMITH_ENDPOINT', langsmith.url)
  vi.stubEnv('LANGSMITH_API_KEY', 'lsv2_pt_0123456789abcdef')
  const upstream = await startStandIn()
  onTestFinished(upstream.close)

  for (const way of [throughMsw, throughServer]) {
    const dir = await tempDir()
    for (const [mode, answered] of [
      ['record', 'recorded'],
      ['replay', 'hit'],
    ] as const) {
      traced.length = 0
      const ended = await through(way, { mode, dir, upstream: upstream.url }, async () => {
        await run({})
        await awaitAllCallbacks()
      })
      expect(outcomes(ended)).toEqual([answered, answered, answered])
      expect(ended.unused).toBe(0)
      expect(traced, `${way.name}, ${mode}`).toContain('POST /runs/multipart')
    }
  }
  expect(new Set(upstream.requests.map(({ path }) => path))).toEqual(new Set(['/v1/chat/completions']))
})
