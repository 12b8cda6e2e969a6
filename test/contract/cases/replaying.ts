import { expect, test } from 'vitest'
import type { Timing } from '../../../src/index.ts'
import type { Adapter } from '../adapter.ts'
import { opening, post } from '../talking.ts'
import { cassette, got as recorded, interaction, json } from '../written.ts'

const error = async (response: Response): Promise<{ code: string; message: string }> =>
  ((await response.json()) as { error: { code: string; message: string } }).error

export function replayingCases(adapter: Adapter): void {
  const { replay } = opening(adapter)

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
    for (const timing of [{ speed: 1 }, { ttft: 1 }, { pace: 1000 }]) {
      const inTime = await replay(dir, { timing })
      expect((await inTime.fetch('/v1/batches/b')).headers.has('retry-after-ms')).toBe(false)
      expect((await inTime.fetch('/v1/batches/b')).headers.has('openai-poll-after-ms')).toBe(false)
      await inTime.close()
    }
  })

  test(`${adapter.name}: waits that were recorded in milliseconds are not waited for either, but in recorded time`, async () => {
    const dir = await cassette(
      recorded('/v1/limited', 'x', 429, 'retry-after-ms: 20000'),
      recorded('/v1/said', 'x', 400, 'x-should-retry: true'),
      recorded('/v1/polled', 'x', 200, 'openai-poll-after-ms: 5000'),
    )
    const waits = async (timing: Timing): Promise<(string | null)[]> => {
      const replaying = await replay(dir, { timing })
      const found = []
      for (const target of ['/v1/limited', '/v1/said', '/v1/polled']) {
        const { headers } = await replaying.fetch(target)
        found.push(headers.get('retry-after-ms') ?? headers.get('openai-poll-after-ms'))
      }
      await replaying.close()
      return found
    }
    expect(await waits('instant')).toEqual(['1', '1', '1'])
    expect(await waits({ speed: 1 })).toEqual(['20000', null, '5000'])
  })
}
