import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { localUpstream, readAll } from '../support/upstream.ts'
import { tempDir } from '../support/temp.ts'
import { adapters, type Subject } from './adapters.ts'

const post = (body: object): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

/** A cassette as its file reads, interactions given as YAML. */
async function cassette(interactions: string): Promise<string> {
  const dir = await tempDir()
  const text = `version: 1\nupstream: https://api.openai.com\nrecordedAt: 2026-01-02\ninteractions:\n${interactions}...\n`
  await writeFile(path.join(dir, 'c.yaml'), text)
  return dir
}

function interaction(body: string, response: string): string {
  return `  - request:\n      method: POST\n      path: /v1/chat/completions\n      body:\n        json: '${body}'\n    response:\n      status: 200\n${response}`
}

const json = (text: string): string =>
  `      headers: |\n        content-type: application/json\n      body:\n        text: '${text}'\n`
const error = async (response: Response): Promise<{ code: string; message: string }> =>
  ((await response.json()) as { error: { code: string; message: string } }).error

for (const adapter of adapters) {
  const replay = (dir: string, more: object = {}): Promise<Subject> =>
    adapter.open('c', { mode: 'replay', dir, ...more })

  test(`${adapter.name}: a miss names the cassette, the nearest request, the place, both values and the way to record it`, async () => {
    const dir = await cassette(
      interaction(
        '{"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}],"temperature":0.5}',
        json('{}'),
      ),
    )
    const replaying = await replay(dir)
    const response = await replaying.fetch(
      '/v1/chat/completions',
      post({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Goodbye' }], temperature: 0.5 }),
    )
    expect([response.status, response.headers.get('x-should-retry')]).toEqual([404, 'false'])
    const { code, message } = await error(response)
    expect(code).toBe('replay_miss')
    for (const part of [
      "cassette 'c'",
      'c.yaml',
      "interaction 1 of 'c'",
      '$.messages[0].content',
      'recorded: "Hello"',
      'received: "Goodbye"',
      'record-missing',
    ]) {
      expect(message).toContain(part)
    }
    expect(message).not.toContain('temperature')
    expect((await replaying.close()).map(({ outcome }) => outcome)).toEqual(['miss'])
  })

  test(`${adapter.name}: equal requests are answered in their order, and one too many is exhausted`, async () => {
    const dir = await cassette(interaction('{"n":1}', json('first')) + interaction('{"n":1}', json('second')))
    const replaying = await replay(dir, { repeat: 'error' })
    const ask = (): Promise<Response> => replaying.fetch('/v1/chat/completions', post({ n: 1 }))
    expect([await (await ask()).text(), await (await ask()).text()]).toEqual(['first', 'second'])
    const response = await ask()
    expect(response.headers.get('x-should-retry')).toBe('false')
    expect(await error(response)).toMatchObject({
      code: 'replay_exhausted',
      message: expect.stringContaining('recorded twice') as string,
    })
    expect((await replaying.close()).map(({ outcome }) => outcome)).toEqual(['hit', 'hit', 'exhausted'])
  })

  for (const [repeat, expected] of [
    ['last', ['first', 'second', 'second', 'second']],
    ['cycle', ['first', 'second', 'first', 'second']],
  ] as const) {
    test(`${adapter.name}: repeat ${repeat} answers on when the recording is used up`, async () => {
      const dir = await cassette(
        interaction('{"n":1}', json('first')) + interaction('{"n":1}', json('second')),
      )
      const replaying = await replay(dir, { repeat })
      const got = []
      for (let i = 0; i < 4; i++)
        got.push(await (await replaying.fetch('/v1/chat/completions', post({ n: 1 }))).text())
      expect(got).toEqual(expected)
    })
  }

  test(`${adapter.name}: in recorded time the first event arrives before the second is due`, async () => {
    const events = '        events: |\n          1 {"n":1}\n          86400000 {"n":2}\n'
    const dir = await cassette(
      interaction(
        '{"n":1}',
        `      headers: |\n        content-type: text/event-stream\n      body:\n${events}`,
      ),
    )
    const replaying = await replay(dir, { timing: { speed: 1 } })
    const reader = (await replaying.fetch('/v1/chat/completions', post({ n: 1 }))).body!.getReader()
    const first = await reader.read()
    expect(Buffer.from(first.value ?? []).toString()).toBe('data: {"n":1}\n\n')
    await reader.cancel()
  })

  test(`${adapter.name}: at a high speed a recorded stream ends soon, its events in order`, async () => {
    const events =
      '        events: |\n          1 {"n":1}\n          60000 {"n":2}\n          120000 [DONE]\n'
    const dir = await cassette(
      interaction(
        '{"n":1}',
        `      headers: |\n        content-type: text/event-stream\n      body:\n${events}`,
      ),
    )
    const replaying = await replay(dir, { timing: { speed: 10_000 } })
    expect(await (await replaying.fetch('/v1/chat/completions', post({ n: 1 }))).text()).toBe(
      'data: {"n":1}\n\ndata: {"n":2}\n\ndata: [DONE]\n\n',
    )
  })

  test(`${adapter.name}: a client need not wait before it asks again`, async () => {
    const limited = `  - request:\n      method: GET\n      path: /v1/batches/b\n    response:\n      status: 429\n      headers: |\n        retry-after: 20\n`
    const polled = `  - request:\n      method: GET\n      path: /v1/batches/b\n    response:\n      status: 200\n`
    const dir = await cassette(limited + polled)
    const instant = await replay(dir)
    const first = await instant.fetch('/v1/batches/b')
    const second = await instant.fetch('/v1/batches/b')
    expect([first.headers.get('retry-after'), first.headers.get('retry-after-ms')]).toEqual(['20', '1'])
    expect([second.headers.get('retry-after-ms'), second.headers.get('openai-poll-after-ms')]).toEqual([
      null,
      '1',
    ])
    await instant.close()
    const inTime = await replay(dir, { timing: { speed: 1 } })
    expect((await inTime.fetch('/v1/batches/b')).headers.has('retry-after-ms')).toBe(false)
  })

  test(`${adapter.name}: a replay asks the upstream nothing, and leaves the file as it is`, async () => {
    const upstream = await localUpstream((_req, res) => void res.end('{}'))
    const dir = await cassette(interaction('{"n":1}', json('first')))
    const before = await readFile(path.join(dir, 'c.yaml'), 'utf8')
    const replaying = await replay(dir, { upstream: upstream.url })
    await (await replaying.fetch('/v1/chat/completions', post({ n: 1 }))).text()
    expect((await replaying.fetch('/v1/chat/completions', post({ n: 2 }))).status).toBe(404)
    await replaying.close()
    expect(upstream.asked()).toBe(0)
    expect(await readFile(path.join(dir, 'c.yaml'), 'utf8')).toBe(before)
  })

  test(`${adapter.name}: record-missing asks for what the cassette lacks, and adds it`, async () => {
    const upstream = await localUpstream(async (req, res) => void res.end(await readAll(req)))
    const dir = await cassette(interaction('{"n":1}', json('first')))
    const recording = await adapter.open('c', { mode: 'record-missing', dir, upstream: upstream.url })
    const texts = []
    for (const n of [1, 2, 1])
      texts.push(await (await recording.fetch('/v1/chat/completions', post({ n }))).text())
    expect(texts).toEqual(['first', '{"n":2}', '{"n":1}'])
    expect((await recording.close()).map(({ outcome }) => outcome)).toEqual(['hit', 'recorded', 'recorded'])
    const replaying = await replay(dir)
    for (const n of [2, 1, 1])
      expect((await replaying.fetch('/v1/chat/completions', post({ n }))).status).toBe(200)
    expect(upstream.asked()).toBe(2)
  })

  test(`${adapter.name}: once records a cassette that is not there, and replays one that is`, async () => {
    const upstream = await localUpstream((_req, res) => void res.end('{}'))
    const dir = await tempDir()
    const ask = async (n: number): Promise<number> => {
      const subject = await adapter.open('c', { mode: 'once', dir, upstream: upstream.url })
      const { status } = await subject.fetch('/v1/chat/completions', post({ n }))
      await subject.close()
      return status
    }
    expect([await ask(1), await ask(1), await ask(2)]).toEqual([200, 200, 404])
    expect(upstream.asked()).toBe(1)
  })

  test(`${adapter.name}: live asks for every request, and records none`, async () => {
    const upstream = await localUpstream((_req, res) => void res.end('live'))
    const dir = await cassette(interaction('{"n":1}', json('first')))
    const before = await readFile(path.join(dir, 'c.yaml'), 'utf8')
    const live = await adapter.open('c', { mode: 'live', dir, upstream: upstream.url })
    expect(await (await live.fetch('/v1/chat/completions', post({ n: 1 }))).text()).toBe('live')
    expect((await live.close()).map(({ outcome }) => outcome)).toEqual(['passed'])
    expect(await readFile(path.join(dir, 'c.yaml'), 'utf8')).toBe(before)
  })
}
