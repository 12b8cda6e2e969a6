import { expect, test } from 'vitest'
import { noise } from '../../support/noise.ts'
import { tempDir } from '../../support/temp.ts'
import { localUpstream, readAll } from '../../support/upstream.ts'
import type { Adapter } from '../adapter.ts'
import { echoUpstream } from '../echo.ts'
import { opening, post } from '../talking.ts'

const BINARY = { 'content-type': 'application/octet-stream' }
const EVERY_BYTE = Uint8Array.from({ length: 1024 }, (_, i) => i)

export function bodyCases(adapter: Adapter): void {
  const { record, replay } = opening(adapter)

  for (const [name, bytes] of [
    ['every byte', EVERY_BYTE],
    ['5 MB', noise(5_000_000)],
  ] as const) {
    test(`${adapter.name}: ${name} up and down, and the same from the cassette`, async () => {
      const upstream = await echoUpstream()
      const dir = await tempDir()
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
  }

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

  test(`${adapter.name}: text outside ASCII, in a body and in an address`, async () => {
    const upstream = await echoUpstream()
    const dir = await tempDir()
    const body = { text: 'Grüße, 世界 🌍 \u0007 \ud83d' }
    const target = '/v1/gr%C3%BC%C3%9Fe?name=%E4%B8%96'
    const recording = await record(dir, upstream.url)
    const live = await (await recording.fetch(target, post(body))).text()
    await recording.close()
    expect([live, upstream.reached[0]?.target]).toEqual([JSON.stringify(body), target])
    const replaying = await replay(dir)
    expect(await (await replaying.fetch(target, post(body))).text()).toBe(live)
  })

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

  test(`${adapter.name}: what has no body has none: HEAD, 204, an empty 200, a POST of nothing`, async () => {
    const upstream = await localUpstream(async (req, res) => {
      const { length } = await readAll(req)
      if (req.url === '/v1/204') return void res.writeHead(204, { 'x-length': length }).end()
      if (req.method === 'HEAD')
        return void res.writeHead(200, { 'content-length': 100, 'x-length': length }).end()
      res.writeHead(200, { 'content-type': 'application/json', 'x-length': length }).end()
    })
    const asked = [
      ['HEAD', '/v1/head', 200],
      ['DELETE', '/v1/204', 204],
      ['GET', '/v1/empty', 200],
      ['POST', '/v1/empty', 200],
    ] as const
    const dir = await tempDir()
    const subjects = [await record(dir, upstream.url), undefined]
    for (const recording of subjects) {
      const subject = recording ?? (await replay(dir))
      for (const [method, target, status] of asked) {
        const response = await subject.fetch(target, { method })
        expect([response.status, response.headers.get('x-length'), await response.text()]).toEqual([
          status,
          '0',
          '',
        ])
      }
      const outcome = recording === undefined ? 'hit' : 'recorded'
      expect((await subject.close()).map((entry) => entry.outcome)).toEqual(asked.map(() => outcome))
    }
  })
}
