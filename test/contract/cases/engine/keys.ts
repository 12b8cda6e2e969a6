import { expect, test, vi } from 'vitest'
import { tempDir } from '../../../support/temp.ts'
import { localUpstream } from '../../../support/upstream.ts'
import type { Adapter } from '../../adapter.ts'
import { file } from '../../talking.ts'

const KEY = 'sk-proj-7d2Kf9QwErTyUiOpAsDfGhJkLzXcVbNm'
const OWN = 'Bearer sk-proj-ownownown0000ownownown1111ownown'

export function keyCases(adapter: Adapter): void {
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
    expect(await file(dir)).not.toContain(KEY)
  })
}
