import { expect, test } from 'vitest'
import type { Timing } from '../../../../src/index.ts'
import type { Adapter } from '../../adapter.ts'
import { opening, post } from '../../talking.ts'
import { cassette, got as recorded, interaction } from '../../written.ts'

export function recordedTimeCases(adapter: Adapter): void {
  const { replay } = opening(adapter)

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
