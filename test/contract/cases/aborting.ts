import { expect, test } from 'vitest'
import { tempDir } from '../../support/temp.ts'
import { localUpstream } from '../../support/upstream.ts'
import type { Adapter } from '../adapter.ts'
import { gate, opening, post, readEvent, STREAM } from '../talking.ts'
import { cassette, interaction } from '../written.ts'

const DAY = 86_400_000
const SLOW = `      headers: |\n        content-type: text/event-stream\n      body:\n        events: |\n          1 {"n":1}\n          ${DAY} {"n":2}\n`
const LATE = `      headers: |\n        content-type: application/json\n      after: ${DAY}\n      body:\n        text: 'late'\n`

const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no rejection',
    (error: unknown) => error,
  )

export function abortCases(adapter: Adapter): void {
  const { record, replay } = opening(adapter)

  test(`${adapter.name}: a request that was aborted before it was made is not one`, async () => {
    const replaying = await replay(await cassette(interaction('{}', SLOW)))
    const why = new Error('not now')
    const init = { ...post({}), signal: AbortSignal.abort(why) }
    expect(await rejection(replaying.fetch('/v1/chat/completions', init))).toBe(why)
    expect(await replaying.close()).toEqual([])
  })

  test(`${adapter.name}: while recording, a client that aborts before the first byte lets the upstream go`, async () => {
    const [asked, gone] = [gate(), gate()]
    const upstream = await localUpstream((_req, res) => {
      res.on('close', gone.open)
      asked.open()
    })
    const recording = await record(await tempDir(), upstream.url)
    const [abort, why] = [new AbortController(), new Error('changed my mind')]
    const asking = rejection(recording.fetch('/v1/x', { ...post({}), signal: abort.signal }))
    await asked.opened
    abort.abort(why)
    expect(await asking).toBe(why)
    await gone.opened
    expect((await recording.close()).map(({ outcome }) => outcome)).toEqual(['dropped'])
  })

  test(`${adapter.name}: while recording, a client that aborts after the first byte lets the upstream go`, async () => {
    const gone = gate()
    const upstream = await localUpstream((_req, res) => {
      res.on('close', gone.open)
      res.writeHead(200, STREAM).write('data: {"n":1}\n\n')
    })
    const recording = await record(await tempDir(), upstream.url)
    const [abort, why] = [new AbortController(), new Error('heard enough')]
    const response = await recording.fetch('/v1/x', { ...post({}), signal: abort.signal })
    const reader = response.body!.getReader()
    expect(await readEvent(reader)).toBe('data: {"n":1}\n\n')
    const reading = rejection(reader.read())
    abort.abort(why)
    expect(await reading).toBe(why)
    await gone.opened
    expect((await recording.close()).map(({ outcome }) => outcome)).toEqual(['dropped'])
  })

  test(`${adapter.name}: in recorded time a client that aborts does not wait for what is due tomorrow`, async () => {
    const replaying = await replay(
      await cassette(interaction('{"n":1}', SLOW), interaction('{"n":2}', LATE)),
      {
        timing: { speed: 1 },
      },
    )
    const [first, second, why] = [new AbortController(), new AbortController(), new Error('no time')]
    const response = await replaying.fetch('/v1/chat/completions', {
      ...post({ n: 1 }),
      signal: first.signal,
    })
    const reader = response.body!.getReader()
    expect(await readEvent(reader)).toBe('data: {"n":1}\n\n')
    const reading = rejection(reader.read())
    first.abort(why)
    expect(await reading).toBe(why)
    const asking = rejection(
      replaying.fetch('/v1/chat/completions', { ...post({ n: 2 }), signal: second.signal }),
    )
    second.abort(why)
    expect(await asking).toBe(why)
  })

  test(`${adapter.name}: the head of an answer arrives before the first byte of its body is due`, async () => {
    const events = SLOW.replace('          1 {"n":1}\n', '')
    const replaying = await replay(await cassette(interaction('{}', events)), { timing: { speed: 1 } })
    const abort = new AbortController()
    const response = await replaying.fetch('/v1/chat/completions', {
      ...post({}),
      signal: AbortSignal.any([abort.signal, AbortSignal.timeout(2000)]),
    })
    expect(response.status).toBe(200)
    abort.abort()
  })
}
