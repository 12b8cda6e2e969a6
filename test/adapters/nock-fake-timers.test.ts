import { afterEach, expect, test, vi } from 'vitest'
import { playWithNock } from '../../src/adapters/intercept/nock.ts'
import { openCassette } from '../../src/index.ts'
import { tempDir } from '../support/temp.ts'
import { localUpstream, readAll } from '../support/upstream.ts'

afterEach(() => void vi.useRealTimers())

test('nock: one request after the other is recorded and replayed under fake timers', async () => {
  const { url } = await localUpstream(async (req, res) => void res.end(await readAll(req)))
  const dir = await tempDir()
  for (const mode of ['record', 'replay'] as const) {
    await using vcr = await openCassette('c', { dir, upstream: url, mode })
    await using _ = await playWithNock(vcr)
    const told: string[] = []
    for (const n of [1, 2, 3, 4]) {
      if (n === 3) vi.useFakeTimers()
      const asked = { method: 'POST', body: JSON.stringify({ n }) }
      told.push(await (await fetch('https://api.openai.com/v1/chat/completions', asked)).text())
    }
    vi.useRealTimers()
    expect(told).toEqual([1, 2, 3, 4].map((n) => `{"n":${n}}`))
  }
})
