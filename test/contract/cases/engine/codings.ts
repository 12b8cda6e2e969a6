import {
  brotliCompressSync,
  createGzip,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib'
import { expect, test } from 'vitest'
import { tempDir } from '../../../support/temp.ts'
import { localUpstream } from '../../../support/upstream.ts'
import type { Adapter } from '../../adapter.ts'
import { file, gate, opening, post, readEvent, STREAM } from '../../talking.ts'

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

  test(`${adapter.name}: a gzipped stream reaches the client event by event too`, async () => {
    const seen = gate()
    const upstream = await localUpstream(async (_req, res) => {
      const gzip = createGzip()
      res.writeHead(200, { ...STREAM, 'content-encoding': 'gzip' })
      gzip.pipe(res)
      gzip.write('data: {"n":1}\n\n')
      gzip.flush()
      await seen.opened
      gzip.end('data: [DONE]\n\n')
    })
    const recording = await record(await tempDir(), upstream.url)
    const reader = (await recording.fetch('/v1/chat/completions', post({}))).body!.getReader()
    expect(await readEvent(reader)).toBe('data: {"n":1}\n\n')
    seen.open()
    while (!(await reader.read()).done);
    await recording.close()
  })
}
