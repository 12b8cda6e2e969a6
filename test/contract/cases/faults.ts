import { expect, test } from 'vitest'
import type { CassetteOptions, FaultRule, JournalEntry } from '../../../src/index.ts'
import { tempDir } from '../../support/temp.ts'
import { localUpstream } from '../../support/upstream.ts'
import type { Adapter, Subject } from '../adapter.ts'
import { file, opening, post, readEvent, readUntilBroken, STREAM } from '../talking.ts'
import { cassette, interaction, json } from '../written.ts'

const EVENTS = `      headers: |\n        content-type: text/event-stream\n      body:\n        events: |\n          0 {"n":1}\n          0 {"n":2}\n          0 {"n":3}\n`
const WHOLE = 'data: {"n":1}\n\ndata: {"n":2}\n\ndata: {"n":3}\n\n'
const MINUTES = 600_000

const CHAT = '/v1/chat/completions'
const stream = { model: 'gpt-4o', stream: true }
const plain = { model: 'gpt-4o' }

const outcomes = (journal: readonly JournalEntry[]): string[] => journal.map(({ outcome }) => outcome)

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no failure',
    (error: unknown) => error,
  )

export function faultCases(adapter: Adapter): void {
  const { record, replay } = opening(adapter)
  const recorded = (): Promise<string> =>
    cassette(
      interaction(JSON.stringify(stream), EVENTS),
      interaction(JSON.stringify(plain), json('{"answer":1}')),
      interaction(JSON.stringify(plain), json('{"answer":2}')),
    )
  const with_ = async (faults: readonly FaultRule[], more: CassetteOptions = {}): Promise<Subject> =>
    replay(await recorded(), { faults, ...more })

  test(`${adapter.name}: an injected error has the API's shape, and leaves the recorded answers to those who ask again`, async () => {
    const subject = await with_([{ when: { model: 'gpt-4o' }, first: 2, error: 'rate_limit_requests' }])
    const refused = await subject.fetch(CHAT, post(plain))
    expect(refused.status).toBe(429)
    expect(await refused.json()).toMatchObject({ error: { type: 'requests', code: 'rate_limit_exceeded' } })
    expect(Object.fromEntries(refused.headers)).toMatchObject({
      'content-type': 'application/json',
      'retry-after': '20',
      'retry-after-ms': '1',
      'x-ratelimit-remaining-requests': '0',
    })
    expect((await subject.fetch(CHAT, post(plain))).status).toBe(429)
    expect(await (await subject.fetch(CHAT, post(plain))).text()).toBe('{"answer":1}')
    expect(await (await subject.fetch(CHAT, post(plain))).text()).toBe('{"answer":2}')
    const journal = await subject.close()
    expect(outcomes(journal)).toEqual(['faulted', 'faulted', 'hit', 'hit'])
    expect(journal[0]).toMatchObject({
      status: 429,
      path: CHAT,
      reason: 'fault 1: the error rate_limit_requests',
    })
  })

  test(`${adapter.name}: an answer of one's own is sent as it was given`, async () => {
    const answer = { status: 418, headers: { 'X-Own': 'yes' }, body: { short: 'and stout' } }
    const subject = await with_([{ answer }])
    const response = await subject.fetch(CHAT, post(plain))
    expect([response.status, response.headers.get('x-own'), await response.json()]).toEqual([
      418,
      'yes',
      answer.body,
    ])
  })

  test(`${adapter.name}: a reset connection fails the request, and the next one is answered`, async () => {
    const subject = await with_([{ nth: 1, reset: true }])
    const error = await failure(subject.fetch(CHAT, post(plain)))
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toMatchObject({ message: 'fetch failed', cause: { code: 'ECONNRESET' } })
    expect(await (await subject.fetch(CHAT, post(plain))).text()).toBe('{"answer":1}')
    expect(outcomes(await subject.close())).toEqual(['faulted', 'hit'])
  })

  test(`${adapter.name}: a request that is never answered ends when its client leaves`, async () => {
    const subject = await with_([{ nth: 1, timeout: true }])
    const signal = AbortSignal.timeout(30)
    const error = await failure(subject.fetch(CHAT, { ...post(plain), signal }))
    expect(error).toMatchObject({ name: 'TimeoutError' })
    expect(await (await subject.fetch(CHAT, post(plain))).text()).toBe('{"answer":1}')
    expect(outcomes(await subject.close())).toEqual(['faulted', 'hit'])
  })

  test(`${adapter.name}: a request that is never answered ends when the session is closed`, async () => {
    const subject = await with_([
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
    const subject = await with_([{ nth: 1, cut: { after: 2 } }])
    expect(await readUntilBroken(await subject.fetch(CHAT, post(stream)))).toEqual({
      text: 'data: {"n":1}\n\ndata: {"n":2}\n\n',
      broken: true,
    })
    expect(await (await subject.fetch(CHAT, post(stream))).text()).toBe(WHOLE)
    expect(outcomes(await subject.close())).toEqual(['faulted', 'hit'])
  })

  test(`${adapter.name}: a connection breaks behind the head of an answer that is no stream`, async () => {
    const subject = await with_([{ cut: { after: 0 } }])
    const response = await subject.fetch(CHAT, post(plain))
    expect([response.status, await readUntilBroken(response)]).toEqual([200, { text: '', broken: true }])
  })

  test(`${adapter.name}: a stream that stalls goes on, and a client that leaves meanwhile gets it again`, async () => {
    const subject = await with_([
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

  test(`${adapter.name}: an event is corrupted, the same way each time`, async () => {
    const subject = await with_([{ corrupt: { event: 2 } }])
    const damaged = WHOLE.replace('{"n":2}', '{"n')
    expect(await (await subject.fetch(CHAT, post(stream))).text()).toBe(damaged)
    expect(await (await subject.fetch(CHAT, post(stream))).text()).toBe(damaged)
  })

  test(`${adapter.name}: an error stands in place of an event, and ends the stream`, async () => {
    const subject = await with_([{ errorEvent: { at: 2, error: 'insufficient_quota' } }])
    const [first, second, ...rest] = (await (await subject.fetch(CHAT, post(stream))).text()).split('\n\n')
    expect([first, ...rest]).toEqual(['data: {"n":1}', ''])
    expect(JSON.parse(second?.replace('data: ', '') ?? '')).toMatchObject({
      error: { code: 'insufficient_quota', type: 'insufficient_quota' },
    })
  })

  test(`${adapter.name}: an answer that is late is the recorded one`, async () => {
    const subject = await with_([{ nth: 1, delay: 5 }])
    expect(await (await subject.fetch(CHAT, post(plain))).text()).toBe('{"answer":1}')
    expect(await (await subject.fetch(CHAT, post(plain))).text()).toBe('{"answer":2}')
    const journal = await subject.close()
    expect(outcomes(journal)).toEqual(['faulted', 'hit'])
    expect(journal[0]).toMatchObject({ status: 200, cassette: 'c', reason: 'fault 1: a delay of 5 ms' })
  })

  test(`${adapter.name}: while recording, a cut stream is recorded whole`, async () => {
    const upstream = await localUpstream((_req, res) => void res.writeHead(200, STREAM).end(WHOLE))
    const dir = await tempDir()
    const recording = await record(dir, upstream.url, { faults: [{ cut: { after: 1 } }] })
    expect(await readUntilBroken(await recording.fetch(CHAT, post(stream)))).toEqual({
      text: 'data: {"n":1}\n\n',
      broken: true,
    })
    const journal = await recording.close()
    expect(journal).toMatchObject([
      { outcome: 'recorded', reason: 'fault 1: a connection that breaks behind event 1' },
    ])
    expect(await file(dir)).toContain('{"n":3}')
  })

  test(`${adapter.name}: limits tell what is left, and refuse what is over them without using up the recorded answer`, async () => {
    const subject = await replay(await recorded(), { limits: { 'gpt-4o': { requests: 1 } } })
    const served = await subject.fetch(CHAT, post(plain))
    expect(await served.text()).toBe('{"answer":1}')
    expect([...served.headers].filter(([name]) => name.startsWith('x-ratelimit-'))).toEqual([
      ['x-ratelimit-limit-requests', '1'],
      ['x-ratelimit-remaining-requests', '0'],
      ['x-ratelimit-reset-requests', '1m0s'],
    ])
    const refused = await subject.fetch(CHAT, post(plain))
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60'])
    expect(await refused.json()).toMatchObject({
      error: {
        type: 'requests',
        code: 'rate_limit_exceeded',
        message: expect.stringContaining('Please try again in 1m0s'),
      },
    })
    expect(outcomes(await subject.close())).toEqual(['hit', 'faulted'])
  })
}
