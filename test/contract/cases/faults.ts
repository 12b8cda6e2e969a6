import { expect, test } from 'vitest'
import type { Adapter } from '../adapter.ts'
import { CHAT, faulted, outcomes, plain, stream, WHOLE } from '../faulted.ts'
import { post, readEvent, readUntilBroken } from '../talking.ts'

const MINUTES = 600_000

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no failure',
    (error: unknown) => error,
  )

/** Faults that are no answer: how a connection breaks, or stays open, is the adapter's. */
export function faultCases(adapter: Adapter): void {
  test(`${adapter.name}: a reset connection fails the request, and the next one is answered`, async () => {
    const subject = await faulted(adapter, [{ nth: 1, reset: true }])
    const error = await failure(subject.fetch(CHAT, post(plain)))
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toMatchObject({ message: 'fetch failed', cause: { code: 'ECONNRESET' } })
    expect(await (await subject.fetch(CHAT, post(plain))).text()).toBe('{"answer":1}')
    expect(outcomes(await subject.close())).toEqual(['faulted', 'hit'])
  })

  test(`${adapter.name}: a request that is never answered ends when its client leaves`, async () => {
    const subject = await faulted(adapter, [{ nth: 1, timeout: true }])
    const signal = AbortSignal.timeout(30)
    const error = await failure(subject.fetch(CHAT, { ...post(plain), signal }))
    expect(error).toMatchObject({ name: 'TimeoutError' })
    expect(await (await subject.fetch(CHAT, post(plain))).text()).toBe('{"answer":1}')
    expect(outcomes(await subject.close())).toEqual(['faulted', 'hit'])
  })

  test(`${adapter.name}: a request that is never answered ends when the session is closed`, async () => {
    const subject = await faulted(adapter, [
      { nth: 1, timeout: true },
      { nth: 2, error: 'server_error' },
    ])
    const asking = [1, 2].map(() => subject.fetch(CHAT, post(plain)).catch((error: unknown) => error))
    // Once the second has its answer, the first has arrived, whichever that is.
    expect(await Promise.race(asking)).toMatchObject({ status: 500 })
    await subject.close()
    expect(await Promise.all(asking)).toContainEqual(expect.any(TypeError))
  })

  test(`${adapter.name}: a stream is cut behind an event, and whole when it is asked for again`, async () => {
    const subject = await faulted(adapter, [{ nth: 1, cut: { after: 2 } }])
    expect(await readUntilBroken(await subject.fetch(CHAT, post(stream)))).toEqual({
      text: 'data: {"n":1}\n\ndata: {"n":2}\n\n',
      broken: true,
    })
    expect(await (await subject.fetch(CHAT, post(stream))).text()).toBe(WHOLE)
    expect(outcomes(await subject.close())).toEqual(['faulted', 'hit'])
  })

  test(`${adapter.name}: a connection breaks behind the head of an answer that is no stream`, async () => {
    const subject = await faulted(adapter, [{ cut: { after: 0 } }])
    const response = await subject.fetch(CHAT, post(plain))
    expect([response.status, await readUntilBroken(response)]).toEqual([200, { text: '', broken: true }])
  })

  test(`${adapter.name}: a stream that stalls goes on, and a client that leaves meanwhile gets it again`, async () => {
    const subject = await faulted(adapter, [
      { nth: 1, stall: { after: 1, ms: MINUTES } },
      { nth: 2, stall: { after: 1, ms: 10 } },
    ])
    const abort = new AbortController()
    const stalled = await subject.fetch(CHAT, { ...post(stream), signal: abort.signal })
    const reader = stalled.body!.getReader()
    expect(await readEvent(reader)).toBe('data: {"n":1}\n\n')
    const reading = failure(reader.read())
    abort.abort()
    expect(await reading).toMatchObject({ name: 'AbortError' })
    expect(await (await subject.fetch(CHAT, post(stream))).text()).toBe(WHOLE)
    expect(outcomes(await subject.close())).toEqual(['faulted', 'faulted'])
  })
}
