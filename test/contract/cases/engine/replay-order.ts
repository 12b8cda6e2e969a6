import { expect, test } from 'vitest'
import type { Adapter } from '../../adapter.ts'
import { opening, post } from '../../talking.ts'
import { cassette, interaction, json } from '../../written.ts'

const error = async (response: Response): Promise<{ code: string; message: string }> =>
  ((await response.json()) as { error: { code: string; message: string } }).error

export function replayOrderCases(adapter: Adapter): void {
  const { replay } = opening(adapter)

  for (const [repeat, expected] of [
    ['last', ['first', 'second', 'second', 'second']],
    ['cycle', ['first', 'second', 'first', 'second']],
  ] as const) {
    test(`${adapter.name}: equal requests are answered in their order, and one too many is exhausted`, async () => {
      const dir = await cassette(
        interaction('{"n":1}', json('first')) + interaction('{"n":1}', json('second')),
      )
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
}
