import OpenAI from 'openai'
import { expect, onTestFinished, test } from 'vitest'
import { openCassette, type Vcr } from '../../src/index.ts'
import { echoUpstream } from '../contract/echo.ts'
import { startStandIn } from '../stand-in/start.ts'
import { tempDir } from '../support/temp.ts'
import { localUpstream, readAll } from '../support/upstream.ts'

const HOST = 'https://api.openai.com'
const KEY = 'sk-test-0000000000000000000000000000'

/** Records what `ask` asks, then replays it with the upstream gone; gives both answers. */
async function twice<T>(
  upstream: { readonly url: string; close(): Promise<void> },
  ask: (vcr: Vcr) => Promise<T>,
): Promise<readonly [live: T, again: T]> {
  onTestFinished(() => upstream.close())
  const dir = await tempDir()
  const recording = await openCassette('c', { mode: 'record', dir, upstream: upstream.url })
  const live = await ask(recording)
  await recording.close()
  await upstream.close()
  await using replaying = await openCassette('c', { dir })
  const again = await ask(replaying)
  expect(replaying.journal.map(({ outcome }) => outcome)).toEqual(recording.journal.map(() => 'hit'))
  return [live, again]
}

const client = (vcr: Vcr): OpenAI =>
  new OpenAI({ apiKey: KEY, fetch: vcr.fetch, dangerouslyAllowBrowser: true, maxRetries: 0 })

const BINARY = Buffer.from([0, 255, 10, 13])

const ECHOED = { method: 'POST', headers: { 'content-type': 'text/plain' } }

/** What vcr.fetch must do where the globals are not Node's own. */
export function realmCases(realm: string): void {
  test(`${realm}: the openai client asks and streams, recorded and replayed`, async () => {
    const messages = [{ role: 'user' as const, content: 'Say hello: Γειά' }]
    const [live, again] = await twice(await startStandIn(), async (vcr) => {
      const openai = client(vcr)
      const whole = await openai.chat.completions.create({ model: 'gpt-4o-mini', messages })
      const events = []
      const stream = await openai.chat.completions.create({ model: 'gpt-4o-mini', messages, stream: true })
      for await (const event of stream) events.push(event)
      const missing = await openai.models.retrieve('none').catch((error: unknown) => error)
      return { whole, events, missing: (missing as { status: number }).status }
    })
    expect(live.events.length).toBeGreaterThan(2)
    expect(live.missing).toBe(404)
    expect(JSON.stringify(again)).toBe(JSON.stringify(live))
  })

  test(`${realm}: the openai client uploads, recorded and replayed`, async () => {
    // Not the stand-in: it would read the form with what this realm has for that.
    const upstream = await localUpstream(async (req, res) => {
      const body = await readAll(req)
      const isWhole = body.includes(BINARY) && body.includes('filename="größe.jsonl"')
      res.writeHead(200, { 'content-type': 'application/json' })
      res.end(JSON.stringify({ id: 'file-1', object: 'file', bytes: isWhole ? BINARY.length : 0 }))
    })
    const [live, again] = await twice(upstream, (vcr) => {
      const file = new File([new Uint8Array(BINARY)], 'größe.jsonl')
      return client(vcr).files.create({ file, purpose: 'batch' })
    })
    expect(live.bytes).toBe(BINARY.length)
    expect(again).toEqual(live)
  })

  test(`${realm}: what this realm makes reaches the upstream with its bytes and its type`, async () => {
    const upstream = await echoUpstream()
    await using vcr = await openCassette('c', {
      mode: 'record',
      dir: await tempDir(),
      upstream: upstream.url,
    })
    const form = new FormData()
    form.append('text', 'a\nb "é"')
    form.append('file', new File([new Uint8Array([0, 200, 255])], 'ö "1".bin', { type: 'image/png' }))
    const bodies: readonly [NonNullable<RequestInit['body']>, type: RegExp, bytes: string][] = [
      ['é', /^text\/plain;charset=UTF-8$/, 'c3a9'],
      [
        new URLSearchParams({ a: 'é 1' }),
        /^application\/x-www-form-urlencoded;charset=UTF-8$/,
        '613d254333254139',
      ],
      [new Uint8Array([1, 200]), /^$/, '01c8'],
      [new Uint8Array([1, 200, 3]).subarray(1), /^$/, 'c803'],
      [new Uint8Array([1, 200]).buffer, /^$/, '01c8'],
      [new Blob(['é'], { type: 'image/png' }), /^image\/png$/, 'c3a9'],
      [form, /^multipart\/form-data; boundary=/, '00c8ff'],
    ]
    for (const [body, type, bytes] of bodies) {
      await (await vcr.fetch(new URL(`${HOST}/v1/x`), { method: 'POST', body })).text()
      const reached = upstream.reached.at(-1)
      expect(reached?.headers['content-type'] ?? '').toMatch(type)
      expect(reached?.body.toString('hex')).toContain(bytes)
    }
    const parts = upstream.reached.at(-1)?.body.toString()
    expect(parts).toContain('name="text"\r\n\r\na\r\nb "é"\r\n')
    expect(parts).toContain('name="file"; filename="ö %221%22.bin"\r\nContent-Type: image/png\r\n\r\n')
  })

  test(`${realm}: a Request of this realm, what stands beside it going before`, async () => {
    const upstream = await echoUpstream()
    await using vcr = await openCassette('c', {
      mode: 'record',
      dir: await tempDir(),
      upstream: upstream.url,
    })
    const request = (): Request =>
      new Request(`${HOST}/v1/x?a=1`, { method: 'POST', headers: { 'x-a': '1', 'x-b': '1' }, body: 'mine' })
    await (await vcr.fetch(request())).text()
    await (
      await vcr.fetch(request(), { method: 'PUT', headers: new Headers({ 'x-a': '2' }), body: 'other' })
    ).text()
    expect(await (await vcr.handle(request())).text()).toBe('mine')
    expect(
      upstream.reached.map(({ method, target, headers, body }) => [
        `${method} ${target}`,
        headers['x-a'],
        headers['x-b'],
        body.toString(),
      ]),
    ).toEqual([
      ['POST /v1/x?a=1', '1', '1', 'mine'],
      ['PUT /v1/x?a=1', '2', undefined, 'other'],
      ['POST /v1/x?a=1', '1', '1', 'mine'],
    ])
  })

  test(`${realm}: an abort rejects with its reason: before, at once, while it waits, while it reads`, async () => {
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>()
    const upstream = await localUpstream((req, res) => {
      req.resume()
      if (req.url !== '/v1/stream') return arrive()
      res.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: {"n":1}\n\n')
    })
    await using vcr = await openCassette('c', {
      mode: 'record',
      dir: await tempDir(),
      upstream: upstream.url,
    })
    const why = new Error('no longer')
    const rejected = (asking: Promise<unknown>): Promise<unknown> =>
      asking.then(
        () => 'answered',
        (error: unknown) => error,
      )
    const aborting = (): AbortController => new AbortController()

    const before = aborting()
    before.abort(why)
    expect(await rejected(vcr.fetch(`${HOST}/v1/x`, { ...ECHOED, signal: before.signal }))).toBe(why)

    const atOnce = aborting()
    const asked = rejected(
      vcr.fetch(`${HOST}/v1/x`, { ...ECHOED, body: new Blob(['a']), signal: atOnce.signal }),
    )
    atOnce.abort(why)
    expect(await asked).toBe(why)
    expect(upstream.asked()).toBe(0)

    const waiting = aborting()
    const waited = rejected(vcr.fetch(new Request(`${HOST}/v1/x`, { signal: waiting.signal })))
    await arrived
    waiting.abort(why)
    expect(await waited).toBe(why)

    const reading = aborting()
    const response = await vcr.fetch(`${HOST}/v1/stream`, { signal: reading.signal })
    const reader = response.body!.getReader()
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe('data: {"n":1}\n\n')
    const read = rejected(reader.read())
    reading.abort(why)
    expect(await read).toBe(why)
    expect(await rejected(vcr.fetch(`${HOST}/v1/x`, { signal: AbortSignal.timeout(1) }))).toMatchObject({
      name: 'TimeoutError',
    })
  })
}
