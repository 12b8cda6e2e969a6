import { expect, test } from 'vitest'
import { tempDir } from '../../support/temp.ts'
import { localUpstream, readAll } from '../../support/upstream.ts'
import type { Adapter, Subject } from '../adapter.ts'
import { echoUpstream } from '../echo.ts'
import { opening } from '../talking.ts'

/** Bytes that begin as a file of a kind does, and are no text in any coding. */
const file = (magic: string, length: number): Buffer<ArrayBuffer> =>
  Buffer.concat([Buffer.from(magic, 'latin1'), noise(length)])

function noise(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, i) => (i * 167 + (i >> 3)) % 256)
}

const SUBTITLES = '1\r\n00:00:00,000 --> 00:00:04,500\r\nGrüße aus Zürich — 世界\r\n\r\n'

/** What is no JSON, as the API types it. */
const ANSWERS: readonly (readonly [path: string, headers: Record<string, string>, body: Buffer])[] = [
  ['/v1/audio/speech', { 'content-type': 'audio/mpeg' }, file('\xff\xf3\xe4\xc4', 5000)],
  ['/v1/audio/speech/pcm', { 'content-type': 'audio/pcm' }, Buffer.alloc(999)],
  [
    '/v1/files/file-1/content',
    {
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="g??.bin"; filename*=UTF-8''gr%C3%BC.bin`,
    },
    file('', 3001),
  ],
  ['/v1/videos/v/content', { 'content-type': 'video/mp4' }, file('\0\0\0\x1cftypmp42', 70_000)],
  ['/v1/skills/s/content', { 'content-type': 'application/zip' }, file('PK\x03\x04', 2000)],
  ['/v1/images/1.png', { 'content-type': 'image/png' }, file('\x89PNG\r\n\x1a\n', 100)],
  ['/v1/srt', { 'content-type': 'text/plain; charset=utf-8' }, Buffer.from(SUBTITLES)],
  ['/v1/vtt', { 'content-type': 'text/plain; charset=utf-8' }, Buffer.from(`\uFEFFWEBVTT\n\n${SUBTITLES}`)],
  ['/v1/latin1', { 'content-type': 'text/plain' }, Buffer.from('caf\xe9 \0', 'latin1')],
  ['/v1/lines', { 'content-type': 'application/jsonl' }, Buffer.from('{"a": 1.0}\n{"b":1}\n')],
  ['/v1/untyped', {}, Buffer.from('{"a" : 1}')],
]

export function mediaCases(adapter: Adapter): void {
  const { record, replay } = opening(adapter)

  test(`${adapter.name}: speech, files, videos, archives, pictures and subtitles come byte for byte, live and replayed`, async () => {
    const upstream = await localUpstream(async (req, res) => {
      await readAll(req)
      const [, headers, body] = ANSWERS.find(([path]) => path === req.url) ?? ['', {}, Buffer.from('none')]
      res.writeHead(200, headers)
      // In packets that cut characters.
      for (let at = 0; at < body.length; at += 997) res.write(body.subarray(at, at + 997))
      res.end()
    })
    const all = async (subject: Subject): Promise<unknown[]> => {
      const got = []
      for (const [path] of ANSWERS) {
        const response = await subject.fetch(path, { method: 'POST' })
        const headers = ['content-type', 'content-disposition'].map((name) => response.headers.get(name))
        got.push([path, ...headers, Buffer.from(await response.arrayBuffer()).toString('hex')])
      }
      await subject.close()
      return got
    }
    const expected = ANSWERS.map(([path, headers, body]) => [
      path,
      headers['content-type'] ?? null,
      headers['content-disposition'] ?? null,
      body.toString('hex'),
    ])
    const dir = await tempDir()
    expect(await all(await record(dir, upstream.url))).toEqual(expected)
    await upstream.close()
    expect(await all(await replay(dir))).toEqual(expected)
  })

  const part = (bytes: Uint8Array<ArrayBuffer>, type: string): Blob => new Blob([bytes], { type })
  const form = (...parts: readonly (readonly [string, string | Blob, string?])[]): FormData => {
    const body = new FormData()
    for (const [name, value, filename] of parts)
      if (typeof value === 'string') body.append(name, value)
      else body.append(name, value, filename)
    return body
  }

  /** Uploads as the client sends them, and each with another file or another field. */
  const UPLOADS: readonly (readonly [string, (bytes: Uint8Array<ArrayBuffer>, text: string) => FormData])[] =
    [
      ['/v1/files', (bytes, text) => form(['purpose', text], ['file', part(bytes, ''), 'größe.bin'])],
      [
        '/v1/audio/transcriptions',
        (bytes, text) =>
          form(
            ['file', part(bytes, 'audio/mpeg'), 'a.mp3'],
            ['model', 'gpt-4o-transcribe'],
            ['include[]', 'logprobs'],
            ['language', text],
          ),
      ],
      [
        '/v1/images/edits',
        (bytes, text) =>
          form(
            ['image[]', part(noise(50), 'image/png'), '1.png'],
            ['image[]', part(bytes, 'image/png'), '2.png'],
            ['mask', part(noise(20), 'image/png'), 'mask.png'],
            ['prompt', text],
          ),
      ],
      [
        '/v1/uploads/upload_1/parts',
        (bytes, text) => form(['data', part(bytes, 'application/octet-stream'), text]),
      ],
    ]

  test(`${adapter.name}: uploads of files, recordings, pictures and parts reach the upstream whole, and match by what is in them`, async () => {
    const upstream = await echoUpstream()
    const dir = await tempDir()
    const send = async (subject: Subject, path: string, body: FormData): Promise<[number, Buffer]> => {
      const response = await subject.fetch(path, { method: 'POST', body })
      return [response.status, Buffer.from(await response.arrayBuffer())]
    }
    const recording = await record(dir, upstream.url)
    const live: Buffer[] = []
    for (const [path, upload] of UPLOADS) live.push((await send(recording, path, upload(noise(400), 'a')))[1])
    await recording.close()
    expect(live.map((body, i) => body.equals(upstream.reached[i]?.body ?? Buffer.alloc(0)))).toEqual(
      UPLOADS.map(() => true),
    )
    for (const body of live) expect(body.includes(Buffer.from(noise(400)))).toBe(true)
    await upstream.close()
    const replaying = await replay(dir, { repeat: 'last' })
    for (const [i, [path, upload]] of UPLOADS.entries()) {
      const [status, body] = await send(replaying, path, upload(noise(400), 'a'))
      expect([path, status, body.equals(live[i] as Buffer)]).toEqual([path, 200, true])
      expect([path, (await send(replaying, path, upload(noise(401), 'a')))[0]]).toEqual([path, 404])
      expect([path, (await send(replaying, path, upload(noise(400), 'b')))[0]]).toEqual([path, 404])
    }
  })
}
