import { expect, test } from 'vitest'
import { tempDir } from '../../../support/temp.ts'
import { localUpstream } from '../../../support/upstream.ts'
import type { Adapter } from '../../adapter.ts'
import { CHAT, faulted, outcomes, plain, stream, WHOLE } from '../../faulted.ts'
import { file, opening, post, readUntilBroken, STREAM } from '../../talking.ts'

/** Faults that are answers, or change them. */
export function faultAnswerCases(adapter: Adapter): void {
  const { record } = opening(adapter)

  test(`${adapter.name}: an injected error has the API's shape, and leaves the recorded answers to those who ask again`, async () => {
    const subject = await faulted(adapter, [
      { when: { model: 'gpt-4o' }, first: 2, error: 'rate_limit_requests' },
    ])
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
    const subject = await faulted(adapter, [{ answer }])
    const response = await subject.fetch(CHAT, post(plain))
    expect([response.status, response.headers.get('x-own'), await response.json()]).toEqual([
      418,
      'yes',
      answer.body,
    ])
  })

  test(`${adapter.name}: an event is corrupted, the same way each time`, async () => {
    const subject = await faulted(adapter, [{ corrupt: { event: 2 } }])
    const damaged = WHOLE.replace('{"n":2}', '{"n')
    expect(await (await subject.fetch(CHAT, post(stream))).text()).toBe(damaged)
    expect(await (await subject.fetch(CHAT, post(stream))).text()).toBe(damaged)
  })

  test(`${adapter.name}: an error stands in place of an event, and ends the stream`, async () => {
    const subject = await faulted(adapter, [{ errorEvent: { at: 2, error: 'insufficient_quota' } }])
    const [first, second, ...rest] = (await (await subject.fetch(CHAT, post(stream))).text()).split('\n\n')
    expect([first, ...rest]).toEqual(['data: {"n":1}', ''])
    expect(JSON.parse(second?.replace('data: ', '') ?? '')).toMatchObject({
      error: { code: 'insufficient_quota', type: 'insufficient_quota' },
    })
  })

  test(`${adapter.name}: an answer that is late is the recorded one`, async () => {
    const subject = await faulted(adapter, [{ nth: 1, delay: 5 }])
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
      { outcome: 'recorded', reason: 'fault 1: the connection cut after event 1' },
    ])
    expect(await file(dir)).toContain('{"n":3}')
  })

  test(`${adapter.name}: limits tell what is left, and refuse what is over them without using up the recorded answer`, async () => {
    const subject = await faulted(adapter, [], { limits: { 'gpt-4o': { requests: 1 } } })
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
