import { expect, test } from 'vitest'
import { tempDir } from '../../../support/temp.ts'
import { localUpstream } from '../../../support/upstream.ts'
import type { Adapter } from '../../adapter.ts'
import { opening, post } from '../../talking.ts'

export function telemetryCases(adapter: Adapter): void {
  const { record } = opening(adapter)

  test(`${adapter.name}: exported traces are answered, and neither sent on nor recorded`, async () => {
    const upstream = await localUpstream((_req, res) => void res.end())
    const recording = await record(await tempDir(), upstream.url)
    const { status } = await recording.fetch('/v1/traces/ingest', post({ id: 'trace_1' }))
    expect([status, (await recording.close()).map(({ outcome }) => outcome)]).toEqual([204, ['ignored']])
    expect(upstream.asked()).toBe(0)
  })
}
