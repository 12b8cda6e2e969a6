import { expect, test } from 'vitest'
import { tempDir } from '../../support/temp.ts'
import { localUpstream, readAll } from '../../support/upstream.ts'
import type { Adapter } from '../adapter.ts'
import { file, gate, opening, post, STREAM } from '../talking.ts'

export function recordingCases(adapter: Adapter): void {
  const { record } = opening(adapter)

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
}
