import { expect, test } from 'vitest'
import { tempDir } from '../../support/temp.ts'
import { localUpstream, readAll } from '../../support/upstream.ts'
import type { Adapter } from '../adapter.ts'
import { opening, post, STREAM } from '../talking.ts'

const FIFTY = Array.from({ length: 50 }, (_, n) => n)

export function loadCases(adapter: Adapter): void {
  const { record, replay } = opening(adapter)

  test(`${adapter.name}: fifty streams at once, each with its own events, live and replayed`, async () => {
    const open: (() => void)[] = []
    const upstream = await localUpstream(async (req, res) => {
      const { n } = JSON.parse((await readAll(req)).toString()) as { n: number }
      res.writeHead(200, STREAM).write(`data: {"n":${n},"i":1}\n\n`)
      open.push(() => res.end(`data: {"n":${n},"i":2}\n\ndata: [DONE]\n\n`))
      // None ends before all have begun.
      if (open.length === FIFTY.length) for (const end of open) end()
    })
    const dir = await tempDir()
    const expected = FIFTY.map((n) => `data: {"n":${n},"i":1}\n\ndata: {"n":${n},"i":2}\n\ndata: [DONE]\n\n`)
    for (const mode of ['record', 'replay'] as const) {
      const subject = await (mode === 'record' ? record(dir, upstream.url) : replay(dir))
      const texts = FIFTY.map(async (n) => (await subject.fetch('/v1/chat/completions', post({ n }))).text())
      expect(await Promise.all(texts)).toEqual(expected)
      const outcomes = (await subject.close()).map(({ outcome }) => outcome)
      expect(outcomes).toEqual(FIFTY.map(() => (mode === 'record' ? 'recorded' : 'hit')))
    }
    expect(upstream.asked()).toBe(FIFTY.length)
  })
}
