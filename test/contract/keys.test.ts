import { expect, test, vi } from 'vitest'
import { openCassette } from '../../src/index.ts'
import { tempDir } from '../support/temp.ts'
import { localUpstream } from '../support/upstream.ts'

const KEY = 'sk-proj-7d2Kf9QwErTyUiOpAsDfGhJkLzXcVbNm'

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
