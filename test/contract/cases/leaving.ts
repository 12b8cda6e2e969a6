import { expect, test } from 'vitest'
import { tempDir } from '../../support/temp.ts'
import { localUpstream } from '../../support/upstream.ts'
import type { Adapter } from '../adapter.ts'
import { file, gate, opening, post, readEvent, readUntilBroken, STREAM } from '../talking.ts'

/** Where clients leave a stream, with all that they came for. */
const LAST_EVENTS = [
  ['[DONE]', 'data: [DONE]\n\n'],
  ["a chat's error", 'data: {"error": {"message": "x", "type": "server_error"}}\n\n'],
  ["a response's error", 'event: error\ndata: {"type":"error","message":"x","sequence_number":2}\n\n'],
] as const

export function leavingCases(adapter: Adapter): void {
  const { record, replay } = opening(adapter)

  for (const [what, last] of LAST_EVENTS) {
    test(`${adapter.name}: a client that leaves at ${what} does not cut the recording`, async () => {
      const left = gate()
      const upstream = await localUpstream(async (_req, res) => {
        res.writeHead(200, STREAM).write(`data: {"n":1}\n\n${last}`)
        await left.opened
        res.end(': the rest\n\n')
      })
      const dir = await tempDir()
      const recording = await record(dir, upstream.url)
      const reader = (await recording.fetch('/v1/chat/completions', post({}))).body!.getReader()
      for (let text = ''; !text.includes(last);) text += await readEvent(reader)
      await reader.cancel()
      left.open()
      const journal = await recording.close()
      expect(journal.map(({ outcome }) => outcome)).toEqual(['recorded'])
      const replaying = await replay(dir)
      expect(await (await replaying.fetch('/v1/chat/completions', post({}))).text()).toBe(
        `data: {"n":1}\n\n${last}: the rest\n\n`,
      )
      await replaying.close()
    })
  }

  test(`${adapter.name}: an exchange that the client leaves half-way is not kept, and the upstream is let go`, async () => {
    const gone = gate()
    const upstream = await localUpstream((req, res) => {
      if (req.url === '/v1/whole') return void res.end('{}')
      res.on('close', gone.open)
      res.writeHead(200, STREAM).write('data: {"n":1}\n\n')
    })
    const dir = await tempDir()
    const recording = await record(dir, upstream.url)
    await (await recording.fetch('/v1/whole')).text()
    const reader = (await recording.fetch('/v1/half', post({}))).body!.getReader()
    await readEvent(reader)
    await reader.cancel()
    await gone.opened
    const journal = await recording.close()
    expect(journal.map(({ outcome }) => outcome)).toEqual(['recorded', 'dropped'])
    expect(await file(dir)).not.toContain('/v1/half')
  })

  test(`${adapter.name}: a broken exchange is kept when asked for, and breaks at the same byte again`, async () => {
    const upstream = await localUpstream((req, res) => {
      req.resume()
      res.writeHead(200, STREAM).write('data: {"n":1}\n\ndata: {"n"', () => res.destroy())
    })
    const dir = await tempDir()
    const recording = await record(dir, upstream.url, { keepTruncated: true })
    const live = await readUntilBroken(await recording.fetch('/v1/x', post({})))
    await recording.close()
    expect(live).toEqual({ text: 'data: {"n":1}\n\ndata: {"n"', broken: true })
    const replaying = await replay(dir)
    expect(await readUntilBroken(await replaying.fetch('/v1/x', post({})))).toEqual(live)
    await replaying.close()
  })

  test(`${adapter.name}: an upstream that breaks off breaks the client off, and nothing half is kept`, async () => {
    const upstream = await localUpstream((req, res) => {
      if (req.url === '/v1/whole') return void res.end('{}')
      res
        .writeHead(200, { 'content-type': 'application/json', 'content-length': '100' })
        .write('{"half":', () => res.destroy())
    })
    const dir = await tempDir()
    const recording = await record(dir, upstream.url)
    await (await recording.fetch('/v1/whole')).text()
    expect(await readUntilBroken(await recording.fetch('/v1/half', post({})))).toMatchObject({ broken: true })
    const journal = await recording.close()
    expect(journal.map(({ outcome }) => outcome)).toEqual(['recorded', 'dropped'])
    expect(await file(dir)).not.toContain('/v1/half')
  })
}
