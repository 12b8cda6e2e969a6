import { expect, test } from 'vitest'
import { openCassette } from '../../src/index.ts'
import { tempDir } from '../support/temp.ts'
import { localUpstream } from '../support/upstream.ts'

const TRACES = [
  'https://api.openai.com/v1/traces/ingest',
  { method: 'POST', body: '{"id":"trace_1"}' },
] as const

for (const mode of ['replay', 'record-missing', 'once', 'record'] as const) {
  test(`${mode}: exported traces are answered here, neither missed nor recorded nor sent on`, async () => {
    const upstream = await localUpstream((_req, res) => void res.end())
    const vcr = await openCassette('c', { mode, dir: await tempDir(), upstream: upstream.url })
    const response = await vcr.fetch(...TRACES)
    expect([response.status, await response.text()]).toEqual([204, ''])
    expect(vcr.journal).toEqual([
      { method: 'POST', path: '/v1/traces/ingest', outcome: 'ignored', status: 204 },
    ])
    expect((await vcr.close())?.written ?? false).toBe(false)
    expect(upstream.asked()).toBe(0)
  })
}

test('live: exported traces go to the API', async () => {
  const upstream = await localUpstream((_req, res) => void res.writeHead(202).end())
  const vcr = await openCassette('c', { mode: 'live', dir: await tempDir(), upstream: upstream.url })
  const response = await vcr.fetch(...TRACES)
  expect([response.status, await response.text()]).toEqual([202, ''])
  await vcr.close()
  expect(vcr.journal.map(({ outcome }) => outcome)).toEqual(['passed'])
})
