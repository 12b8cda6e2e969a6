import { expect, test } from 'vitest'
import { tempDir } from '../../support/temp.ts'
import { localUpstream, readAll } from '../../support/upstream.ts'
import type { Adapter } from '../adapter.ts'
import { echoUpstream } from '../echo.ts'
import { opening, post } from '../talking.ts'

const BINARY = { 'content-type': 'application/octet-stream' }
const EVERY_BYTE = Uint8Array.from({ length: 1024 }, (_, i) => i)

export function bodyCases(adapter: Adapter): void {
  const { record, replay } = opening(adapter)

  test(`${adapter.name}: every byte up and down, and the same from the cassette`, async () => {
    const upstream = await echoUpstream()
    const dir = await tempDir()
    const init = { method: 'POST', headers: BINARY, body: EVERY_BYTE }
    const recording = await record(dir, upstream.url)
    const live = Buffer.from(await (await recording.fetch('/v1/x', init)).arrayBuffer())
    await recording.close()
    expect(upstream.reached[0]?.body.equals(EVERY_BYTE)).toBe(true)
    expect(live.equals(EVERY_BYTE)).toBe(true)
    const replaying = await replay(dir)
    const again = Buffer.from(await (await replaying.fetch('/v1/x', init)).arrayBuffer())
    expect(again.equals(EVERY_BYTE)).toBe(true)
    const other = { ...init, body: EVERY_BYTE.toReversed() }
    expect((await replaying.fetch('/v1/x', other)).status).toBe(404)
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

  test(`${adapter.name}: an answer without a body is kept, whatever coding it claims`, async () => {
    const upstream = await localUpstream((req, res) => {
      req.resume()
      const [, status, coding] = /(\d+)\/(\w+)$/.exec(req.url as string) as unknown as [
        string,
        string,
        string,
      ]
      res.writeHead(Number(status), { 'content-type': 'application/json', 'content-encoding': coding }).end()
    })
    const dir = await tempDir()
    const asked = ['gzip', 'br', 'zstd', 'deflate'].flatMap((coding) =>
      (
        [
          ['HEAD', 200],
          ['GET', 200],
          ['GET', 304],
          ['DELETE', 204],
        ] as const
      ).map(([method, status]) => ({ method, path: `/v1/${status}/${coding}`, status })),
    )
    const recording = await record(dir, upstream.url)
    for (const { method, path: target } of asked) await (await recording.fetch(target, { method })).text()
    expect((await recording.close()).map(({ outcome }) => outcome)).toEqual(asked.map(() => 'recorded'))
    const replaying = await replay(dir)
    for (const { method, path: target, status } of asked) {
      const response = await replaying.fetch(target, { method })
      expect([response.status, await response.text()]).toEqual([status, ''])
    }
    await replaying.close()
  })
}
