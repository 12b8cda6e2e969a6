import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test, vi } from 'vitest'
import { openCassette } from '../../src/index.ts'
import { tempDir } from '../support/temp.ts'
import { localUpstream } from '../support/upstream.ts'
import { adapters } from './adapters.ts'

const KEY = 'sk-proj-7d2Kf9QwErTyUiOpAsDfGhJkLzXcVbNm'
const OWN = 'Bearer sk-proj-ownownown0000ownownown1111ownown'

for (const adapter of adapters) {
  test(`${adapter.name}: OPENAI_API_KEY is what a client without a key records with, and is not stored`, async () => {
    vi.stubEnv('OPENAI_API_KEY', KEY)
    const seen: (string | undefined)[] = []
    const upstream = await localUpstream((req, res) => {
      seen.push(req.headers.authorization, req.headers['api-key'] as string | undefined)
      res.end('{}')
    })
    const dir = await tempDir()
    const recording = await adapter.open('c', { mode: 'record', dir, upstream: upstream.url })
    for (const headers of [
      {},
      { authorization: 'Bearer none' },
      { authorization: OWN },
      { 'api-key': 'an-azure-key-0001' },
    ]) {
      await (await recording.fetch('/v1/x', { headers: headers as Record<string, string> })).text()
    }
    await recording.close()
    vi.unstubAllEnvs()
    expect(seen).toEqual([
      `Bearer ${KEY}`,
      undefined,
      `Bearer ${KEY}`,
      undefined,
      OWN,
      undefined,
      undefined,
      'an-azure-key-0001',
    ])
    expect(await readFile(path.join(dir, 'c.yaml'), 'utf8')).not.toContain(KEY)
  })
}

test('OPENAI_API_KEY is not sent to another host that a client asks by itself', async () => {
  vi.stubEnv('OPENAI_API_KEY', KEY)
  const seen: (string | undefined)[] = []
  const other = await localUpstream((req, res) => {
    seen.push(req.headers.authorization)
    res.end('{}')
  })
  await using vcr = await openCassette('c', { mode: 'record', dir: await tempDir() })
  await (await vcr.fetch(`${other.url}/v1/x`)).text()
  vi.unstubAllEnvs()
  expect(seen).toEqual([undefined])
})
