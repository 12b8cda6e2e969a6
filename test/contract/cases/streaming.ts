import { expect, test } from 'vitest'
import { tempDir } from '../../support/temp.ts'
import { localUpstream } from '../../support/upstream.ts'
import type { Adapter } from '../adapter.ts'
import { gate, opening, post, readEvent, STREAM } from '../talking.ts'

export function streamingCases(adapter: Adapter): void {
  const { record, replay } = opening(adapter)

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
}
