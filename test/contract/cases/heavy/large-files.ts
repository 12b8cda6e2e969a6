import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { LARGE } from '../../../../src/http/large.ts'
import { noise } from '../../../support/noise.ts'
import { tempDir } from '../../../support/temp.ts'
import { localUpstream } from '../../../support/upstream.ts'
import type { Adapter } from '../../adapter.ts'
import { echoUpstream } from '../../echo.ts'
import { file, opening, readUntilBroken } from '../../talking.ts'

const SECRET = 'sk-proj-4hT9wZkQ2mXc7VbN1pLr8sDf'
const BINARY = { 'content-type': 'application/octet-stream' }
const SIZE = LARGE + 300_000
const NOISE = Buffer.from(noise(SIZE))

const LINES = Array.from({ length: 18_000 }, (_, i) => `{"id":"request-${i}","input":"${'é'.repeat(50)}"}\n`)

/** JSON Lines, a secret in the middle of them. */
function lines(secret: string): string {
  const half = LINES.join('')
  return `${half}{"key":"${secret}"}\n${half}`
}

/** Whether a text stands in any file there, as it is. */
async function stands(text: string, dir: string): Promise<boolean> {
  const files = (await readdir(dir, { recursive: true, withFileTypes: true })).filter((each) => each.isFile())
  const bytes = files.map((each) => readFile(path.join(each.parentPath, each.name)))
  return (await Promise.all(bytes)).some((each) => each.includes(text))
}

export function largeFileCases(adapter: Adapter): void {
  const { record, replay } = opening(adapter)

  test(`${adapter.name}: a form of large files goes up as it is, and is compared file by file`, async () => {
    const upstream = await echoUpstream()
    const dir = await tempDir()
    const form = (bytes: Buffer<ArrayBuffer>): RequestInit => {
      const body = new FormData()
      body.append('purpose', 'batch')
      body.append('file', new Blob([bytes], { type: 'video/mp4' }), 'größe.mp4')
      body.append('small', new Blob([noise(5000)]), 'small.bin')
      body.append('text', 'as it is')
      body.append('lines', new Blob([lines(SECRET)]), 'batch.jsonl')
      return { method: 'POST', body }
    }
    const recording = await record(dir, upstream.url)
    await (await recording.fetch('/v1/files', form(NOISE))).arrayBuffer()
    const journal = await recording.close()
    expect(journal.map(({ outcome }) => outcome)).toEqual(['recorded'])
    const sent = upstream.reached[0]
    expect(sent?.headers['content-length']).toBe(String(sent?.body.length))
    expect(sent?.body.includes(NOISE) && sent.body.includes(lines(SECRET))).toBe(true)
    expect(await file(dir)).toContain(`size: ${SIZE}`)
    expect(await stands(SECRET, dir)).toBe(false)

    const replaying = await replay(dir)
    const again = await replaying.fetch('/v1/files', form(NOISE))
    const answer = Buffer.from(await again.arrayBuffer())
    expect([again.status, answer.includes(NOISE)]).toEqual([200, true])
    expect(answer.includes(lines('sk-redacted'))).toBe(true)
    const other = Buffer.from(NOISE)
    other[SIZE - 2] = (other[SIZE - 2] as number) ^ 1
    const miss = await replaying.fetch('/v1/files', form(other))
    expect(miss.status).toBe(404)
    expect(await miss.text()).toContain(`${SIZE} bytes, SHA-256`)
  })

  test(`${adapter.name}: secrets in a large answer are for its client alone`, async () => {
    const text = lines(SECRET)
    const upstream = await localUpstream((_, res) => void res.writeHead(200, BINARY).end(text))
    const dir = await tempDir()
    const recording = await record(dir, upstream.url)
    expect(await (await recording.fetch('/v1/files/f/content')).text()).toBe(text)
    await recording.close()
    expect(await stands(SECRET, dir)).toBe(false)
    const replaying = await replay(dir)
    expect(await (await replaying.fetch('/v1/files/f/content')).text()).toBe(lines('sk-redacted'))
  })

  test(`${adapter.name}: a large answer with a secret in base64 is not recorded`, async () => {
    const text = `${'x'.repeat(LARGE)}\n${Buffer.from(`the key is ${SECRET}`).toString('base64')}\n`
    const upstream = await localUpstream((_, res) => void res.writeHead(200, BINARY).end(text))
    const dir = await tempDir()
    const recording = await record(dir, upstream.url)
    expect(await (await recording.fetch('/v1/files/f/content')).text()).toBe(text)
    expect(await recording.close()).toMatchObject([
      { outcome: 'dropped', reason: 'a secret in the response body could not be redacted' },
    ])
    expect(await stands(SECRET, dir)).toBe(false)
  })

  test(`${adapter.name}: a large answer that breaks off is kept when asked for, and breaks off again`, async () => {
    const upstream = await localUpstream((_, res) => {
      res.writeHead(200, { ...BINARY, 'content-length': SIZE + 1 })
      res.write(NOISE, () => res.socket?.destroySoon())
    })
    const dir = await tempDir()
    for (const [keepTruncated, outcome] of [
      [false, 'dropped'],
      [true, 'recorded'],
    ] as const) {
      const recording = await record(dir, upstream.url, { keepTruncated })
      const { broken } = await readUntilBroken(await recording.fetch('/v1/videos/v1/content'))
      expect([broken, (await recording.close())[0]?.outcome]).toEqual([true, outcome])
    }
    const replaying = await replay(dir)
    const response = await replaying.fetch('/v1/videos/v1/content')
    let size = 0
    await expect(async () => {
      for await (const packet of response.body as ReadableStream<Uint8Array>) size += packet.length
    }).rejects.toThrow()
    // What was on the way when it broke may not have arrived.
    expect(String(size)).toBe(/size: (\d+)/.exec(await file(dir))?.[1])
    expect(size).toBeGreaterThan(LARGE)
  })

  test(`${adapter.name}: a client that leaves in the middle of a large upload is no request`, async () => {
    const upstream = await echoUpstream()
    const dir = await tempDir()
    const subject = await record(dir, upstream.url)
    const leaving = new AbortController()
    const pieces = async function* (): AsyncGenerator<Uint8Array> {
      yield NOISE
      leaving.abort()
      yield NOISE
    }
    const init = { method: 'POST', headers: BINARY, duplex: 'half', signal: leaving.signal } as const
    await expect(subject.fetch('/v1/x', { ...init, body: ReadableStream.from(pieces()) })).rejects.toThrow()
    const response = await subject.fetch('/v1/y', { method: 'POST', headers: BINARY, body: NOISE })
    expect((await response.arrayBuffer()).byteLength).toBe(SIZE)
    const journal = await subject.close()
    expect(journal.filter(({ outcome }) => outcome !== 'dropped').map(({ path: of }) => of)).toEqual([
      '/v1/y',
    ])
    expect(upstream.reached.map(({ target }) => target)).toEqual(['/v1/y'])
  })
}
