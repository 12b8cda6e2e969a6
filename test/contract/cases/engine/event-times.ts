import { expect, test } from 'vitest'
import { tempDir } from '../../../support/temp.ts'
import { localUpstream } from '../../../support/upstream.ts'
import type { Adapter } from '../../adapter.ts'
import { file, gate, opening, post, readEvent, STREAM } from '../../talking.ts'

export function eventTimeCases(adapter: Adapter): void {
  const { record, replay } = opening(adapter)

  test(`${adapter.name}: each event keeps the offset at which it came, in the order in which it came`, async () => {
    const upstream = await localUpstream((req, res) => {
      req.resume()
      res.writeHead(200, STREAM)
      for (let n = 1; n <= 5; n++) res.write(`data: {"n":${n}}\n\n`)
      res.end('data: [DONE]\n\n')
    })
    const dir = await tempDir()
    const recording = await record(dir, upstream.url)
    await (await recording.fetch('/v1/chat/completions', post({}))).text()
    await recording.close()
    const lines = [...(await file(dir)).matchAll(/^ +(\d+) (\{"n":\d\}|\[DONE\])$/gm)]
    expect(lines.map(([, , data]) => data)).toEqual([1, 2, 3, 4, 5].map((n) => `{"n":${n}}`).concat('[DONE]'))
    const offsets = lines.map(([, offset]) => Number(offset))
    expect(offsets).toEqual(offsets.toSorted((a, b) => a - b))
  })

  test(`${adapter.name}: an event that came later has a later offset, by no less than that`, async () => {
    const seen = gate()
    const upstream = await localUpstream(async (req, res) => {
      req.resume()
      res.writeHead(200, STREAM).write('data: {"n":1}\n\n')
      await seen.opened
      res.end('data: {"n":2}\n\n')
    })
    const dir = await tempDir()
    const recording = await record(dir, upstream.url)
    const reader = (await recording.fetch('/v1/chat/completions', post({}))).body!.getReader()
    await readEvent(reader)
    // Nobody sleeps: the first was heard before this, and the second is not sent before its end.
    for (const until = performance.now() + 40; performance.now() < until;);
    seen.open()
    while (!(await reader.read()).done);
    await recording.close()
    const offsets = [...(await file(dir)).matchAll(/^ +(\d+) \{"n":\d\}$/gm)].map(([, at]) => Number(at))
    expect(offsets).toHaveLength(2)
    // Each is rounded to a millisecond.
    expect(Number(offsets[1]) - Number(offsets[0])).toBeGreaterThanOrEqual(39)
  })

  test(`${adapter.name}: at a pace of one's own the events come in their order, whatever their offsets were`, async () => {
    const upstream = await localUpstream((req, res) => {
      req.resume()
      res.writeHead(200, STREAM).end('data: {"n":1}\n\ndata: {"n":2}\n\ndata: {"n":3}\n\n')
    })
    const dir = await tempDir()
    const recording = await record(dir, upstream.url)
    const live = await (await recording.fetch('/v1/chat/completions', post({}))).text()
    await recording.close()
    const replaying = await replay(dir, { timing: { ttft: 2, pace: 1000 } })
    expect(await (await replaying.fetch('/v1/chat/completions', post({}))).text()).toBe(live)
  })

  test(`${adapter.name}: at a pace of one's own the first event arrives while the second is not due`, async () => {
    const upstream = await localUpstream((req, res) => {
      req.resume()
      res.writeHead(200, STREAM).end('data: {"n":1}\n\ndata: {"n":2}\n\n')
    })
    const dir = await tempDir()
    const recording = await record(dir, upstream.url)
    await (await recording.fetch('/v1/chat/completions', post({}))).text()
    await recording.close()
    const replaying = await replay(dir, { timing: { ttft: 1, pace: 0.0001 } })
    const reader = (await replaying.fetch('/v1/chat/completions', post({}))).body!.getReader()
    for (let text = ''; text !== 'data: {"n":1}\n\n';) {
      const { value } = await reader.read()
      text += Buffer.from(value ?? []).toString()
      expect(text).not.toContain('"n":2')
    }
    await reader.cancel()
  })
}
