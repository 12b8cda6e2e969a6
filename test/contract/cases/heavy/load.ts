import { expect, test } from 'vitest'
import { tempDir } from '../../../support/temp.ts'
import { localUpstream, readAll } from '../../../support/upstream.ts'
import type { Adapter } from '../../adapter.ts'
import { opening, post, STREAM } from '../../talking.ts'
import { cassette, interaction } from '../../written.ts'

const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n)

/** A stream of which each event says whose it is, and the how manieth. */
const events = (n: number, count: number): string[] =>
  numbers(count).map((i) => `data: {"n":${n},"i":${i}}\n\n`)

export function loadCases(adapter: Adapter): void {
  const { record, replay } = opening(adapter)

  test(`${adapter.name}: 200 streams at once, each with its own events in their order, live and replayed`, async () => {
    const open: (() => void)[] = []
    const upstream = await localUpstream(async (req, res) => {
      const { n } = JSON.parse((await readAll(req)).toString()) as { n: number }
      const [first, ...rest] = events(n, 5)
      res.writeHead(200, STREAM).write(first)
      open.push(() => res.end(`${rest.join('')}data: [DONE]\n\n`))
      // None ends before all have begun.
      if (open.length === 200) for (const end of open) end()
    })
    const dir = await tempDir()
    const all = numbers(200)
    for (const mode of ['record', 'replay', 'in time'] as const) {
      const timing = mode === 'in time' ? { speed: 1 } : ('instant' as const)
      const subject = await (mode === 'record' ? record(dir, upstream.url) : replay(dir, { timing }))
      const texts = all.map(async (n) => (await subject.fetch('/v1/chat/completions', post({ n }))).text())
      expect(await Promise.all(texts)).toEqual(all.map((n) => `${events(n, 5).join('')}data: [DONE]\n\n`))
      const outcomes = (await subject.close()).map(({ outcome }) => outcome)
      expect(outcomes).toEqual(all.map(() => (mode === 'record' ? 'recorded' : 'hit')))
    }
    expect(upstream.asked()).toBe(200)
  })

  test(`${adapter.name}: 2,000 streams are open at once, in recorded time, and none has another's events`, async () => {
    const lines = (n: number): string =>
      numbers(3)
        .map((i) => `          ${i * 400} {"n":${n},"i":${i}}\n`)
        .join('')
    const dir = await cassette(
      ...numbers(20).map((n) =>
        interaction(
          `{"n":${n}}`,
          `      headers: |\n        content-type: text/event-stream\n      body:\n        events: |\n${lines(n)}`,
        ),
      ),
    )
    const replaying = await replay(dir, { timing: { speed: 1 }, repeat: 'last' })
    const texts = numbers(2000).map(async (n) => {
      const response = await replaying.fetch('/v1/chat/completions', post({ n: n % 20 }))
      return response.text()
    })
    const expected = numbers(20).map((n) => events(n, 3).join(''))
    expect(await Promise.all(texts)).toEqual(numbers(2000).map((n) => expected[n % 20]))
  })
}
