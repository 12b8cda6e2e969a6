import { setImmediate } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { faulty } from '../../src/policies/faults/faulty-body.ts'
import type { ScopedCassette } from '../../src/vcr/vcr.ts'
import { type CassetteOptions, openCassette, UsageError, type Vcr } from '../../src/index.ts'
import { post } from '../contract/talking.ts'
import { cassette, got, interaction, json } from '../contract/written.ts'
import { tempDir } from '../support/temp.ts'
import { localUpstream } from '../support/upstream.ts'
import { scopeOf } from '../support/composition.ts'

const EVENTS = `      headers: |\n        content-type: text/event-stream\n      body:\n        events: |\n          0 {"n":1}\n          0 {"n":2}\n`
const CHAT = 'https://api.openai.com/v1/chat/completions'

const body = (n: number): object => ({ model: 'gpt-4o', n })

/** Two equal requests with an answer each, and a stream. */
async function open(options: CassetteOptions): Promise<Vcr> {
  const usage = '"usage":{"prompt_tokens":30,"completion_tokens":12,"total_tokens":42}'
  const dir = await cassette(
    interaction(JSON.stringify(body(1)), json(`{"answer":1,${usage}}`)),
    interaction(JSON.stringify(body(1)), json(`{"answer":2,${usage}}`)),
    interaction('{"stream":true}', EVENTS),
    got('/v1/models', 'models'),
  )
  const vcr = await openCassette('c', { dir, ...options })
  onTestFinished(async () => void (await vcr.close()))
  return vcr
}

const status = async (vcr: Vcr, n = 1): Promise<number> => (await vcr.fetch(CHAT, post(body(n)))).status
const answer = async (vcr: Vcr): Promise<unknown> =>
  ((await (await vcr.fetch(CHAT, post(body(1)))).json()) as { answer: unknown }).answer
const told = (vcr: Vcr): string[] =>
  vcr.journal.map(({ outcome, reason }) => `${outcome} ${reason ?? ''}`.trim())

test('every fault counts all requests that it is about, and the first whose turn it is happens', async () => {
  const vcr = await open({
    faults: [
      { when: { method: 'GET' }, error: 'invalid_api_key' },
      { nth: 2, error: 'server_error' },
      { when: { model: 'gpt-4o' }, nth: 2, error: 'server_is_overloaded' },
      { when: { model: 'gpt-4o' }, nth: 1, error: 'insufficient_quota' },
    ],
  })
  const models = await vcr.fetch('https://api.openai.com/v1/models')
  expect([models.status, await status(vcr), await status(vcr), await status(vcr)]).toEqual([
    401, 500, 503, 200,
  ])
})

test('what is not recorded is a miss, whatever would have spoilt it, and takes nothing of a limit', async () => {
  const vcr = await open({ faults: [{ delay: 1 }, { cut: { after: 0 } }], limits: { '*': { requests: 1 } } })
  expect(await status(vcr, 9)).toBe(404)
  expect(vcr.journal).toMatchObject([{ outcome: 'miss' }])
  expect(await status(vcr)).toBe(200)
})

test('a fault that does not apply to a response lets it pass, and the journal says why', async () => {
  const vcr = await open({
    faults: [
      { when: { model: 'gpt-4o' }, nth: 1, corrupt: { event: 2 } },
      { when: { model: 'gpt-4o' }, nth: 2, errorEvent: { at: 1 } },
      { when: { body: { '$.stream': true } }, cut: { after: 3 } },
    ],
  })
  expect([await answer(vcr), await answer(vcr)]).toEqual([1, 2])
  await (await vcr.fetch(CHAT, post({ stream: true }))).text()
  expect(told(vcr)).toEqual([
    'hit fault 1: event 2 corrupted: not applied, because the response has 1 event',
    'hit fault 2: the error server_error in place of event 1: not applied, because the response is not a stream',
    'hit fault 3: the connection cut after event 3: not applied, because the response has 2 events',
  ])
})

test('an answer that is no stream is corrupted as one event, and is not used up', async () => {
  const vcr = await open({ faults: [{ nth: 1, corrupt: { event: 1 } }] })
  const damaged = await (await vcr.fetch(CHAT, post(body(1)))).text()
  expect(() => JSON.parse(damaged) as unknown).toThrow(SyntaxError)
  expect(vcr.unused()).toHaveLength(4)
  expect(await answer(vcr)).toBe(1)
})

test('an error may stand behind the last event', async () => {
  const vcr = await open({ faults: [{ errorEvent: { at: 3 } }] })
  const text = await (await vcr.fetch(CHAT, post({ stream: true }))).text()
  expect(text.split('\n\n').map((event) => event.slice(0, 13))).toEqual([
    'data: {"n":1}',
    'data: {"n":2}',
    'data: {"error',
    '',
  ])
})

test('what is stalled is there for an equal request meanwhile, and is used once', async () => {
  const vcr = await open({ faults: [{ nth: 1, stall: { after: 0, ms: 600_000 } }] })
  const abort = new AbortController()
  const stalled = await vcr.fetch(CHAT, { ...post(body(1)), signal: abort.signal })
  expect(await answer(vcr)).toBe(1)
  const reading = stalled.text().catch((error: unknown) => error)
  abort.abort()
  expect(await reading).toMatchObject({ name: 'AbortError' })
  expect(await answer(vcr)).toBe(2)
})

test('an answer that stalls and breaks off where it was recorded to is used up', async () => {
  const dir = await cassette(interaction(JSON.stringify(body(1)), `${EVENTS}      truncated: true\n`))
  await using vcr = await openCassette('c', { dir, faults: [{ stall: { after: 1, ms: 1 } }] })
  const response = await vcr.fetch(CHAT, post(body(1)))
  await expect(response.text()).rejects.toThrow('terminated')
  expect(vcr.unused()).toEqual([])
})

test('a client that leaves while its answer is late has not used it up', async () => {
  const vcr = await open({ faults: [{ nth: 1, delay: 600_000 }] })
  const signal = AbortSignal.timeout(10)
  await expect(vcr.fetch(CHAT, { ...post(body(1)), signal })).rejects.toMatchObject({ name: 'TimeoutError' })
  await vi.waitFor(() =>
    expect(told(vcr)).toEqual(['faulted fault 1: a delay of 600000 ms; the client left in the meantime']),
  )
  expect(await answer(vcr)).toBe(1)
})

test('closing ends what is late and what is never answered', async () => {
  const vcr = await open({ faults: [{ nth: 1, delay: 600_000 }, { timeout: true }] })
  const late = answer(vcr)
  const never = vcr.fetch(CHAT, post(body(1))).catch((error: unknown) => error)
  await setImmediate()
  await vcr.close()
  expect(await late).toBe(1)
  expect(await never).toBeInstanceOf(TypeError)
})

test('recorded tokens count against a limit, and its clock stands still until it is advanced', async () => {
  const vcr = await open({ limits: { 'gpt-4o': { tokens: 60 } } })
  const first = await vcr.fetch(CHAT, post(body(1)))
  expect(first.headers.get('x-ratelimit-remaining-tokens')).toBe('18')
  const over = await vcr.fetch(CHAT, post(body(1)))
  expect([over.status, over.headers.get('retry-after'), over.headers.get('retry-after-ms')]).toEqual([
    429,
    '24',
    '1',
  ])
  expect(told(vcr)[1]).toBe(
    'faulted limit: gpt-4o allows 60 tokens per minute and has 18 left, but this request needs 42',
  )
  vcr.advance(24_000)
  expect(await answer(vcr)).toBe(2)
})

test('outside of instant timing the hint is how long it really takes', async () => {
  const vcr = await open({ timing: { speed: 1 }, limits: { '*': { requests: 1 } } })
  await status(vcr)
  expect((await vcr.fetch(CHAT, post(body(1)))).headers.get('retry-after-ms')).toBe('60000')
})

test('what a limit has left stands in place of what it had when this was recorded', async () => {
  const dir = await cassette(
    interaction(
      JSON.stringify(body(1)),
      '      headers: |\n        x-ratelimit-remaining-requests: 777\n        x-ratelimit-remaining-tokens: 888\n      body:\n        text: ok\n',
    ),
  )
  await using vcr = await openCassette('c', { dir, limits: { 'gpt-4o': { requests: 5 } } })
  const { headers } = await vcr.fetch(CHAT, post(body(1)))
  expect(headers.get('x-ratelimit-remaining-requests')).toBe('4')
  expect(headers.get('x-ratelimit-remaining-tokens')).toBe('888')
})

test('the time of limits may be that of a clock of one’s own', async () => {
  let now = 5
  const vcr = await open({ limits: { '*': { requests: 1 } }, limitClock: { now: () => now } })
  expect([await status(vcr), await status(vcr)]).toEqual([200, 429])
  now += 60_000
  expect(await status(vcr)).toBe(200)
})

test('faults can be exchanged for others, counted anew', async () => {
  const vcr = await open({ faults: [{ reset: true }] })
  vcr.setFaults({ faults: [{ nth: 1, error: 'server_error' }] })
  expect([await status(vcr), await status(vcr)]).toEqual([500, 200])
  vcr.setFaults({ faults: [{ nth: 1, error: 'server_error' }] })
  expect([await status(vcr), await status(vcr)]).toEqual([500, 200])
  expect(() => vcr.setFaults({ faults: [{ nth: 1 }] })).toThrow('option `faults[0]`: does nothing')
})

test('bad faults are an error when the cassette is opened', async () => {
  await expect(open({ faults: [{ error: 'server_eror' }] })).rejects.toThrow(UsageError)
  await expect(open({ faults: [{ error: 'server_eror' }] })).rejects.toThrow(
    /^option `faults\[0\]\.error`: .*did you mean 'server_error'\?$/,
  )
  await expect(open({ limitClock: 'fast' as 'real' })).rejects.toThrow(
    "option `limitClock`: expected 'manual', 'real' or an object with now(), such as Date, found 'fast'",
  )
})

test('an error is answered without asking the upstream, in every mode', async () => {
  const upstream = await localUpstream((_req, res) => void res.end('{}'))
  for (const mode of ['live', 'record', 'record-missing'] as const) {
    const vcr = await open({ mode, upstream: upstream.url, faults: [{ nth: 1, error: 'server_error' }] })
    expect(await status(vcr, 9)).toBe(500)
    expect(await vcr.close().then(() => told(vcr))).toEqual(['faulted fault 1: the error server_error'])
  }
  expect(upstream.asked()).toBe(0)
})

test('what a test of a suite did is taken back with its faults before it is run again', async () => {
  const vcr = await open({ faults: [{ nth: 1, error: 'server_error' }] })
  const [first, second] = [scopeOf(vcr), scopeOf(vcr)]
  const ask = async (part: typeof first): Promise<number> => (await part.fetch(CHAT, post(body(1)))).status
  expect([await ask(first), await ask(first)]).toEqual([500, 200])
  first.undo()
  expect([await ask(second), await ask(second)]).toEqual([500, 200])
})

test('a test of a suite finds its limits as they were when it is run again', async () => {
  const vcr = await open({ limits: { 'gpt-4o': { requests: 3, tokens: 200 } }, repeat: 'last' })
  const ask = async (part: Pick<Vcr, 'fetch'>): Promise<readonly unknown[]> => {
    const response = await part.fetch(CHAT, post(body(1)))
    const left = ['requests', 'tokens'].map((each) => response.headers.get(`x-ratelimit-remaining-${each}`))
    return [response.status, ...left]
  }
  const other = scopeOf(vcr)
  expect(await ask(other)).toEqual([200, '2', '158'])
  const once = async (part: ScopedCassette): Promise<unknown> => {
    const answers = [await ask(part), await ask(part), await ask(part)]
    part.advance(20_000)
    return [...answers, await ask(part)]
  }
  const first = scopeOf(vcr)
  expect(await once(first)).toEqual([
    [200, '1', '116'],
    [200, '0', '74'],
    [429, '0', '74'],
    [200, '0', '98'],
  ])
  // What another asks meanwhile stays asked.
  vcr.advance(60_000)
  expect(await ask(other)).toEqual([200, '2', '158'])
  first.undo()
  vcr.advance(10_000)
  expect(await ask(other)).toEqual([200, '1', '149'])
  other.undo()
  expect(await once(scopeOf(vcr))).toEqual([
    [200, '2', '158'],
    [200, '1', '116'],
    [200, '0', '74'],
    [200, '0', '98'],
  ])
})

test('an error that is to stand in what turns out to be no stream lets it pass while recording too', async () => {
  const upstream = await localUpstream((req, res) => {
    res.setHeader('content-type', req.url === '/v1/stream' ? 'text/event-stream' : 'application/json')
    res.end(req.url === '/v1/stream' ? 'data: {}\n\ndata: [DONE]\n\n' : '{"ok":true}')
  })
  const faults = [{ errorEvent: { at: 1 } }] as const
  await using vcr = await openCassette('c', {
    mode: 'record',
    dir: await tempDir(),
    upstream: upstream.url,
    faults,
  })
  const asked = async (path: string): Promise<string> =>
    (await vcr.fetch(`https://api.openai.com${path}`)).text()
  expect(await asked('/v1/models')).toBe('{"ok":true}')
  expect(await asked('/v1/stream')).toMatch(/^data: \{"error"/)
  await vcr.close()
  const said = 'recorded fault 1: the error server_error in place of event 1'
  expect(told(vcr)).toEqual([`${said}: not applied, because the response is not a stream`, said])
})

test('an answer of many small packets is spoilt as fast as they come', async () => {
  const packets = async function* (): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < 100_000; i++) yield Buffer.alloc(40, 'x')
  }
  const options = { sleep: () => Promise.resolve(), errorEvents: () => [], readsOn: false, ended: () => {} }
  const late = { status: 200, headers: [], body: packets() }
  const spoilt = faulty(late, { kind: 'corrupt', event: 1 }, options).body as AsyncIterable<Uint8Array>
  for await (const piece of spoilt) expect(piece.length).toBe(2_000_000)
})
