import { expect, test } from 'vitest'
import type { Adapter } from '../adapter.ts'
import { opening, post } from '../talking.ts'
import { cassette, interaction, json } from '../written.ts'

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
}
