import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { tempDir } from '../../support/temp.ts'
import { localUpstream } from '../../support/upstream.ts'
import type { Adapter } from '../adapter.ts'
import { file, opening, post } from '../talking.ts'

export function codingCases(adapter: Adapter): void {
  const { record, replay } = opening(adapter)

  const codings = {
    gzip: gzipSync,
    deflate: deflateSync,
    'deflate, raw': deflateRawSync,
    br: brotliCompressSync,
    zstd: zstdCompressSync,
  }
  for (const [coding, encode] of Object.entries(codings)) {
    test(`${adapter.name}: a body in ${coding} is kept decoded and replayed without the encoding header`, async () => {
      const text = JSON.stringify({ text: 'é '.repeat(500) }, null, 2)
      const upstream = await localUpstream((req, res) => {
        req.resume()
        res
          .writeHead(200, { 'content-type': 'application/json', 'content-encoding': coding.split(',')[0] })
          .end(encode(text))
      })
      const dir = await tempDir()
      const recording = await record(dir, upstream.url)
      expect(await (await recording.fetch('/v1/x', post({}))).text()).toBe(text)
      await recording.close()
      expect(await file(dir)).toContain('é é é')
      const replaying = await replay(dir)
      const response = await replaying.fetch('/v1/x', post({}))
      expect(await response.text()).toBe(text)
      expect(response.headers.has('content-encoding')).toBe(false)
      await replaying.close()
    })
  }

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
