import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { rawUpstream } from '../../../support/raw-upstream.ts'
import { tempDir } from '../../../support/temp.ts'
import type { Adapter } from '../../adapter.ts'
import { file, gate, opening, readEvent } from '../../talking.ts'

const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n'
const WHOLE = `${HEAD}content-length: 2\r\n\r\n{}`
const STREAM = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n'
const EVENT = 'data: {"n":1}\n\n'
const CHUNK = `${EVENT.length.toString(16)}\r\n${EVENT}\r\n`

export function endlessCases(adapter: Adapter): void {
  const { record, replay } = opening(adapter)

  test(`${adapter.name}: an upstream that never answers is timed out by the client alone, and nothing is kept`, async () => {
    const [asked, gone] = [gate(), gate()]
    const upstream = await rawUpstream((socket, head) => {
      if (head.includes('/v1/whole')) return void socket.end(WHOLE)
      socket.on('close', gone.open)
      asked.open()
    })
    const dir = await tempDir()
    const recording = await record(dir, upstream)
    await (await recording.fetch('/v1/whole')).text()
    const fetchBy = (_url: unknown, init?: RequestInit): Promise<Response> =>
      recording.fetch('/v1/half', init)
    const client = new OpenAI({ apiKey: 'none', fetch: fetchBy, maxRetries: 0, timeout: 200 })
    const raised = client.models.list().then(
      () => undefined,
      (error: unknown) => error,
    )
    await asked.opened
    expect(await raised).toBeInstanceOf(OpenAI.APIConnectionTimeoutError)
    await gone.opened
    expect((await recording.close()).at(-1)).toMatchObject({
      outcome: 'dropped',
      reason: expect.stringContaining('the client left') as string,
    })
    expect(await file(dir)).not.toContain('/v1/half')
  })

  test(`${adapter.name}: an upstream that never ends is left when the client leaves, and nothing is kept`, async () => {
    const gone = gate()
    const upstream = await rawUpstream((socket, head) => {
      if (head.includes('/v1/whole')) return void socket.end(WHOLE)
      socket.on('close', gone.open)
      socket.write(STREAM)
      const more = (): void => {
        if (!socket.destroyed) socket.write(CHUNK, () => setImmediate(more))
      }
      more()
    })
    const dir = await tempDir()
    const recording = await record(dir, upstream)
    await (await recording.fetch('/v1/whole')).text()
    const reader = (await recording.fetch('/v1/half')).body!.getReader()
    for (let text = ''; text.length < 10 * EVENT.length;) text += await readEvent(reader)
    await reader.cancel()
    await gone.opened
    expect((await recording.close()).at(-1)).toMatchObject({
      outcome: 'dropped',
      reason: expect.stringContaining('the client left') as string,
    })
    expect(await file(dir)).not.toContain('/v1/half')
  })

  test(`${adapter.name}: a gateway's own pages, and one that begins and then breaks JSON, are what they are`, async () => {
    const page = '<html><head><title>504 Gateway Time-out</title></head></html>\r\n'
    const upstream = await rawUpstream((socket, head) =>
      socket.end(
        head.includes('/v1/page')
          ? `HTTP/1.1 504 Gateway Time-out\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n${page}`
          : `${HEAD}content-length: 5\r\n\r\n{"a":`,
      ),
    )
    const dir = await tempDir()
    for (const mode of ['record', 'replay'] as const) {
      const subject = await (mode === 'record' ? record(dir, upstream) : replay(dir))
      const page504 = await subject.fetch('/v1/page')
      const half = await subject.fetch('/v1/half')
      expect([page504.status, await page504.text(), await half.text()]).toEqual([504, page, '{"a":'])
      const outcome = mode === 'record' ? 'recorded' : 'hit'
      expect((await subject.close()).map((entry) => entry.outcome)).toEqual([outcome, outcome])
    }
  })
}
