import { expect, test } from 'vitest'
import { noise } from '../../../support/noise.ts'
import { tempDir } from '../../../support/temp.ts'
import type { Adapter } from '../../adapter.ts'
import { echoUpstream } from '../../echo.ts'
import { opening, post } from '../../talking.ts'

const BINARY = { 'content-type': 'application/octet-stream' }

export function fiveMegabyteCases(adapter: Adapter): void {
  const { record, replay } = opening(adapter)

  test(`${adapter.name}: 5 MB up and down, and the same from the cassette`, async () => {
    const upstream = await echoUpstream()
    const dir = await tempDir()
    const bytes = noise(5_000_000)
    const init = { method: 'POST', headers: BINARY, body: bytes }
    const recording = await record(dir, upstream.url)
    const live = Buffer.from(await (await recording.fetch('/v1/x', init)).arrayBuffer())
    await recording.close()
    expect(upstream.reached[0]?.body.equals(bytes)).toBe(true)
    expect(live.equals(bytes)).toBe(true)
    const replaying = await replay(dir)
    const again = Buffer.from(await (await replaying.fetch('/v1/x', init)).arrayBuffer())
    expect(again.equals(bytes)).toBe(true)
    const other = { ...init, body: bytes.toReversed() }
    expect((await replaying.fetch('/v1/x', other)).status).toBe(404)
  })

  test(`${adapter.name}: 5 MB of JSON up and down`, async () => {
    const upstream = await echoUpstream()
    const dir = await tempDir()
    const input = Array.from({ length: 50_000 }, (_, i) => `line ${i} ${'é'.repeat(40)}`)
    const recording = await record(dir, upstream.url)
    const live = await (await recording.fetch('/v1/x', post({ input }))).text()
    await recording.close()
    expect(live).toBe(JSON.stringify({ input }))
    const replaying = await replay(dir)
    expect(await (await replaying.fetch('/v1/x', post({ input }))).text()).toBe(live)
  })
}
