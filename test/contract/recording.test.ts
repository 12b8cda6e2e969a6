import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { localUpstream, readAll } from '../support/upstream.ts'
import { tempDir } from '../support/temp.ts'
import { openCassette } from '../../src/index.ts'
import { adapters } from './adapters.ts'

const post = (body: object): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})
const STREAM = { 'content-type': 'text/event-stream; charset=utf-8' }

/** Something that a test opens by hand, so that order is certain and nobody sleeps. */
function gate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open: () => open() }
}

async function readEvent(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  const { done, value } = await reader.read()
  if (done) throw new Error('the stream ended before its time')
  return Buffer.from(value).toString()
}

for (const adapter of adapters) {
  const record = async (dir: string, upstream: string, more: object = {}) =>
    adapter.open('c', { mode: 'record', dir, upstream, ...more })
  const replay = async (dir: string, more: object = {}) => adapter.open('c', { mode: 'replay', dir, ...more })
  const file = (dir: string): Promise<string> => readFile(path.join(dir, 'c.yaml'), 'utf8')

  test(`${adapter.name}: the client has the first event before the upstream sends its second`, async () => {
    const seen = gate()
    const upstream = await localUpstream(async (_req, res) => {
      res.writeHead(200, STREAM).write('data: {"n":1}\n\n')
      await seen.opened
      res.end('data: {"n":2}\n\ndata: [DONE]\n\n')
    })
    const dir = await tempDir()
    const recording = await record(dir, upstream.url)
    const reader = (await recording.fetch('/v1/chat/completions', post({ stream: true }))).body!.getReader()
    expect(await readEvent(reader)).toBe('data: {"n":1}\n\n')
    seen.open()
    expect(await readEvent(reader)).toContain('{"n":2}')
    while (!(await reader.read()).done);
    await recording.close()
    await upstream.close()
    const replaying = await replay(dir)
    const again = await (await replaying.fetch('/v1/chat/completions', post({ stream: true }))).text()
    expect(again).toBe('data: {"n":1}\n\ndata: {"n":2}\n\ndata: [DONE]\n\n')
    await replaying.close()
  })

  test(`${adapter.name}: a gzipped stream reaches the client event by event too`, async () => {
    const seen = gate()
    const upstream = await localUpstream(async (_req, res) => {
      const { createGzip } = await import('node:zlib')
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

  test(`${adapter.name}: a client that leaves at [DONE] does not cut the recording`, async () => {
    const left = gate()
    const upstream = await localUpstream(async (_req, res) => {
      res.writeHead(200, STREAM).write('data: {"n":1}\n\ndata: [DONE]\n\n')
      await left.opened
      res.end(': the rest\n\n')
    })
    const dir = await tempDir()
    const recording = await record(dir, upstream.url)
    const reader = (await recording.fetch('/v1/chat/completions', post({}))).body!.getReader()
    for (let text = ''; !text.includes('[DONE]');) text += await readEvent(reader)
    await reader.cancel()
    left.open()
    const journal = await recording.close()
    expect(journal.map(({ outcome }) => outcome)).toEqual(['recorded'])
    const replaying = await replay(dir)
    expect(await (await replaying.fetch('/v1/chat/completions', post({}))).text()).toBe(
      'data: {"n":1}\n\ndata: [DONE]\n\n: the rest\n\n',
    )
    await replaying.close()
  })

  test(`${adapter.name}: an exchange that the client leaves half-way is not kept, and the upstream is let go`, async () => {
    const gone = gate()
    const upstream = await localUpstream((req, res) => {
      if (req.url === '/v1/whole') return void res.end('{}')
      res.on('close', gone.open)
      res.writeHead(200, STREAM).write('data: {"n":1}\n\n')
    })
    const dir = await tempDir()
    const recording = await record(dir, upstream.url)
    await (await recording.fetch('/v1/whole')).text()
    const reader = (await recording.fetch('/v1/half', post({}))).body!.getReader()
    await readEvent(reader)
    await reader.cancel()
    await gone.opened
    const journal = await recording.close()
    expect(journal.map(({ outcome }) => outcome)).toEqual(['recorded', 'dropped'])
    expect(await file(dir)).not.toContain('/v1/half')
  })

  test(`${adapter.name}: a broken exchange is kept when asked for, and breaks at the same byte again`, async () => {
    const upstream = await localUpstream((req, res) => {
      req.resume()
      res.writeHead(200, STREAM).write('data: {"n":1}\n\ndata: {"n"', () => res.destroy())
    })
    const dir = await tempDir()
    const recording = await record(dir, upstream.url, { keepTruncated: true })
    const live = await readUntilBroken(await recording.fetch('/v1/x', post({})))
    await recording.close()
    expect(live).toEqual({ text: 'data: {"n":1}\n\ndata: {"n"', broken: true })
    const replaying = await replay(dir)
    expect(await readUntilBroken(await replaying.fetch('/v1/x', post({})))).toEqual(live)
    await replaying.close()
  })

  test(`${adapter.name}: an upstream that breaks off breaks the client off, and nothing half is kept`, async () => {
    const upstream = await localUpstream((req, res) => {
      if (req.url === '/v1/whole') return void res.end('{}')
      res
        .writeHead(200, { 'content-type': 'application/json', 'content-length': '100' })
        .write('{"half":', () => res.destroy())
    })
    const dir = await tempDir()
    const recording = await record(dir, upstream.url)
    await (await recording.fetch('/v1/whole')).text()
    expect(await readUntilBroken(await recording.fetch('/v1/half', post({})))).toMatchObject({ broken: true })
    const journal = await recording.close()
    expect(journal.map(({ outcome }) => outcome)).toEqual(['recorded', 'dropped'])
    expect(await file(dir)).not.toContain('/v1/half')
  })

  test(`${adapter.name}: concurrent requests stand in the order in which they arrived`, async () => {
    const held: (() => void)[] = []
    const upstream = await localUpstream(async (req, res) => {
      const body = await readAll(req)
      held.push(() => res.writeHead(200, { 'content-type': 'application/json' }).end(body))
      // The last to come is the first to be answered.
      if (held.length === 4) for (const answer of held.toReversed()) answer()
    })
    const dir = await tempDir()
    const recording = await record(dir, upstream.url)
    await Promise.all([1, 2, 3, 4].map(async (n) => (await recording.fetch('/v1/x', post({ n }))).text()))
    await recording.close()
    const order = [...(await file(dir)).matchAll(/"n": (\d)/g)].map(([, n]) => Number(n))
    expect(order.filter((_, i) => i % 2 === 0)).toEqual([1, 2, 3, 4])
  })

  test(`${adapter.name}: closing waits for what is in flight, from before its first byte to its last`, async () => {
    const [asked, head, body] = [gate(), gate(), gate()]
    const upstream = await localUpstream(async (_req, res) => {
      asked.open()
      await head.opened
      res.writeHead(200, STREAM).write('data: {"n":1}\n\n')
      await body.opened
      res.end('data: {"n":2}\n\n')
    })
    const dir = await tempDir()
    const recording = await record(dir, upstream.url)
    const reading = recording.fetch('/v1/x', post({})).then((response) => response.text())
    await asked.opened
    const closed = recording.close()
    head.open()
    body.open()
    expect(await reading).toBe('data: {"n":1}\n\ndata: {"n":2}\n\n')
    expect((await closed).map(({ outcome }) => outcome)).toEqual(['recorded'])
    expect(await file(dir)).toContain('{"n":2}')
  })

  test(`${adapter.name}: error answers are kept with their bodies and headers`, async () => {
    const upstream = await localUpstream((req, res) => {
      const status = Number(req.url?.split('/').at(-1))
      res.writeHead(status, {
        'content-type': 'application/json',
        'x-ratelimit-remaining-requests': '0',
        'retry-after': '7',
      })
      res.end(
        JSON.stringify(
          { error: { message: `status ${status}`, type: 'x', param: null, code: null } },
          null,
          2,
        ),
      )
    })
    const dir = await tempDir()
    const statuses = [400, 401, 404, 429, 500, 503]
    const ask = async (subject: Awaited<ReturnType<typeof record>>) => {
      const answers = []
      for (const status of statuses) {
        const response = await subject.fetch(`/v1/${status}`, post({}))
        answers.push([
          response.status,
          response.headers.get('retry-after'),
          response.headers.get('x-ratelimit-remaining-requests'),
          await response.text(),
        ])
      }
      await subject.close()
      return answers
    }
    const live = await ask(await record(dir, upstream.url))
    await upstream.close()
    expect(live.map(([status]) => status)).toEqual(statuses)
    expect(await ask(await replay(dir))).toEqual(live)
  })

  test(`${adapter.name}: an upstream that refuses is named, and what was recorded before is kept`, async () => {
    const upstream = await localUpstream((_req, res) => void res.end('{}'))
    const dir = await tempDir()
    const recording = await record(dir, upstream.url)
    await (await recording.fetch('/v1/first')).text()
    await upstream.close()
    const response = await recording.fetch('/v1/second')
    expect([response.status, response.headers.get('x-should-retry')]).toEqual([502, 'false'])
    expect(await response.text()).toContain(
      `no answer from the upstream ${upstream.url}: it refused the connection`,
    )
    await recording.close()
    expect(await file(dir)).toContain('/v1/first')
  })
}

async function readUntilBroken(response: Response): Promise<{ text: string; broken: boolean }> {
  let text = ''
  try {
    for await (const packet of response.body as ReadableStream<Uint8Array>)
      text += Buffer.from(packet).toString()
    return { text, broken: false }
  } catch {
    return { text, broken: true }
  }
}

test('a client that leaves at [DONE] has recorded all of it, even if the upstream never closes', async () => {
  const upstream = await localUpstream((_req, res) => {
    res.writeHead(200, STREAM).write('data: {"n":1}\n\ndata: [DONE]\n\n')
  })
  const vcr = await openCassette('c', { mode: 'record', dir: await tempDir(), upstream: upstream.url })
  const response = await vcr.fetch('https://api.openai.com/v1/chat/completions', post({}))
  const reader = response.body!.getReader()
  for (let text = ''; !text.includes('[DONE]');) text += await readEvent(reader)
  await reader.cancel()
  await upstream.close()
  expect(await vcr.close()).toMatchObject({ added: 1 })
})
