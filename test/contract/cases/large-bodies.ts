import { stat } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { LARGE } from '../../../src/http/large.ts'
import { noise } from '../../support/noise.ts'
import { tempDir } from '../../support/temp.ts'
import { localUpstream, readAll } from '../../support/upstream.ts'
import type { Adapter } from '../adapter.ts'
import { opening } from '../talking.ts'

const BINARY = { 'content-type': 'application/octet-stream' }
const SIZE = LARGE + 300_000
const NOISE = Buffer.from(noise(SIZE))

export function largeBodyCases(adapter: Adapter): void {
  const { record, replay } = opening(adapter)

  test(`${adapter.name}: a large answer comes down as it is, and again from a file of its own`, async () => {
    const upstream = await localUpstream((_, res) => void res.writeHead(200, BINARY).end(NOISE))
    const dir = await tempDir()
    const recording = await record(dir, upstream.url)
    const live = await (await recording.fetch('/v1/videos/v1/content')).arrayBuffer()
    await recording.close()
    expect(Buffer.from(live).equals(NOISE)).toBe(true)
    expect((await stat(`${dir}/c.yaml`)).size).toBeLessThan(2000)
    const replaying = await replay(dir, { repeat: 'last' })
    for (let time = 0; time < 2; time++) {
      const again = await (await replaying.fetch('/v1/videos/v1/content')).arrayBuffer()
      expect(Buffer.from(again).equals(NOISE)).toBe(true)
    }
  })

  test(`${adapter.name}: a large body that comes as a stream is the same as one that comes at once`, async () => {
    const upstream = await localUpstream(async (req, res) => {
      const { length } = await readAll(req)
      res.end(JSON.stringify({ length }))
    })
    const dir = await tempDir()
    const sent = (body: NonNullable<RequestInit['body']>): RequestInit => {
      return { method: 'PUT', headers: BINARY, body, duplex: 'half' }
    }
    const pieces = function* (): Generator<Uint8Array> {
      for (let at = 0; at < SIZE; at += 100_000) yield NOISE.subarray(at, at + 100_000)
    }
    const recording = await record(dir, upstream.url)
    const live = await (await recording.fetch('/v1/x', sent(ReadableStream.from(pieces())))).text()
    await recording.close()
    expect(live).toBe(JSON.stringify({ length: SIZE }))
    const replaying = await replay(dir)
    expect(await (await replaying.fetch('/v1/x', sent(NOISE))).text()).toBe(live)
  })
}
