import { expect, test } from 'vitest'
import { tempDir } from '../../../support/temp.ts'
import { localUpstream, readAll } from '../../../support/upstream.ts'
import type { Adapter } from '../../adapter.ts'
import { file, opening, post } from '../../talking.ts'
import { cassette, interaction, json } from '../../written.ts'

export function modeCases(adapter: Adapter): void {
  const { replay } = opening(adapter)

  test(`${adapter.name}: a replay asks the upstream nothing, and leaves the file as it is`, async () => {
    const upstream = await localUpstream((_req, res) => void res.end('{}'))
    const dir = await cassette(interaction('{"n":1}', json('first')))
    const before = await file(dir)
    const replaying = await replay(dir, { upstream: upstream.url })
    await (await replaying.fetch('/v1/chat/completions', post({ n: 1 }))).text()
    expect((await replaying.fetch('/v1/chat/completions', post({ n: 2 }))).status).toBe(404)
    await replaying.close()
    expect(upstream.asked()).toBe(0)
    expect(await file(dir)).toBe(before)
  })

  test(`${adapter.name}: record-missing asks for what the cassette lacks, and adds it`, async () => {
    const upstream = await localUpstream(async (req, res) => void res.end(await readAll(req)))
    const dir = await cassette(interaction('{"n":1}', json('first')))
    const recording = await adapter.open('c', { mode: 'record-missing', dir, upstream: upstream.url })
    const texts = []
    for (const n of [1, 2, 1])
      texts.push(await (await recording.fetch('/v1/chat/completions', post({ n }))).text())
    expect(texts).toEqual(['first', '{"n":2}', '{"n":1}'])
    expect((await recording.close()).map(({ outcome }) => outcome)).toEqual(['hit', 'recorded', 'recorded'])
    const replaying = await replay(dir)
    for (const n of [2, 1, 1])
      expect((await replaying.fetch('/v1/chat/completions', post({ n }))).status).toBe(200)
    expect(upstream.asked()).toBe(2)
  })

  test(`${adapter.name}: once records a cassette that is not there, and replays one that is`, async () => {
    const upstream = await localUpstream((_req, res) => void res.end('{}'))
    const dir = await tempDir()
    const ask = async (n: number): Promise<number> => {
      const subject = await adapter.open('c', { mode: 'once', dir, upstream: upstream.url })
      const { status } = await subject.fetch('/v1/chat/completions', post({ n }))
      await subject.close()
      return status
    }
    expect([await ask(1), await ask(1), await ask(2)]).toEqual([200, 200, 404])
    expect(upstream.asked()).toBe(1)
  })

  test(`${adapter.name}: live asks for every request, and records none`, async () => {
    const upstream = await localUpstream((_req, res) => void res.end('live'))
    const dir = await cassette(interaction('{"n":1}', json('first')))
    const before = await file(dir)
    const live = await adapter.open('c', { mode: 'live', dir, upstream: upstream.url })
    expect(await (await live.fetch('/v1/chat/completions', post({ n: 1 }))).text()).toBe('live')
    expect((await live.close()).map(({ outcome }) => outcome)).toEqual(['passed'])
    expect(await file(dir)).toBe(before)
  })
}
