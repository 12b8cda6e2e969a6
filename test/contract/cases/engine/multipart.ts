import { expect, test } from 'vitest'
import { noise } from '../../../support/noise.ts'
import { tempDir } from '../../../support/temp.ts'
import type { Adapter } from '../../adapter.ts'
import { echoUpstream } from '../../echo.ts'
import { opening } from '../../talking.ts'

export function multipartCases(adapter: Adapter): void {
  const { record, replay } = opening(adapter)

  test(`${adapter.name}: multipart is compared by its parts, whatever its boundary is`, async () => {
    const upstream = await echoUpstream()
    const dir = await tempDir()
    const form = (bytes: Uint8Array<ArrayBuffer>): RequestInit => {
      const body = new FormData()
      body.append('purpose', 'assistants')
      body.append('image[]', new Blob([bytes], { type: 'image/png' }), 'größe.png')
      body.append('image[]', new Blob(['second']), 'second.txt')
      return { method: 'POST', body }
    }
    const recording = await record(dir, upstream.url)
    const live = Buffer.from(await (await recording.fetch('/v1/files', form(noise(300)))).arrayBuffer())
    await recording.close()
    expect(live.equals(upstream.reached[0]?.body ?? Buffer.alloc(0))).toBe(true)
    expect(live.includes(Buffer.from(noise(300))) && live.includes('filename="größe.png"')).toBe(true)
    const replaying = await replay(dir)
    const again = await replaying.fetch('/v1/files', form(noise(300)))
    expect(Buffer.from(await again.arrayBuffer()).equals(live)).toBe(true)
    expect((await replaying.fetch('/v1/files', form(noise(301)))).status).toBe(404)
  })
}
