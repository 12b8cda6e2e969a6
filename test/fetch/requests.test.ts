import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { openCassette } from '../../src/index.ts'
import { type Echo, echoUpstream } from '../contract/echo.ts'
import { tempDir } from '../support/temp.ts'
import { localUpstream } from '../support/upstream.ts'

type Asking = (url: string) => readonly [input: unknown, init?: RequestInit]
type Fetch = (input: string, init?: RequestInit) => Promise<Response>

const stream = (...pieces: unknown[]): ReadableStream<unknown> =>
  new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece)
      controller.close()
    },
  })
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const post = (body: unknown, more: object = {}): RequestInit =>
  ({ method: 'POST', body, ...more }) as RequestInit
const used = async (url: string): Promise<Request> => {
  const request = new Request(url, post('used'))
  await request.text()
  return request
}

/** Calls of fetch, common and odd. */
const calls: Readonly<Record<string, Asking | ((url: string) => Promise<readonly [unknown, RequestInit?]>)>> =
  {
    'a URL alone': (url) => [url],
    'a URL object': (url) => [new URL(url)],
    'what turns into a URL': (url) => [{ toString: () => url }],
    'a fragment': (url) => [`${url}#part`],
    'no URL': () => ['/v1/relative'],
    'credentials in the URL': (url) => [url.replace('//', '//user:secret@')],
    'a method in lower case': (url) => [url, { method: 'delete' }],
    'patch in lower case': (url) => [url, { method: 'patch' }],
    'a method that is none': (url) => [url, { method: 'A B' }],
    'a method that is forbidden': (url) => [url, { method: 'trace' }],
    'a body on a GET': (url) => [url, { body: 'x' }],
    'no body': (url) => [url, post(null)],
    'an empty body': (url) => [url, post('')],
    'a number as the body': (url) => [url, post(7)],
    'an object as the body': (url) => [url, post({ a: 1 })],
    'half a surrogate pair': (url) => [url, post('a\ud83d')],
    'a type of its own': (url) => [url, post('{}', { headers: { 'Content-Type': 'application/json' } })],
    'a DataView': (url) => [url, post(new DataView(bytes('abcd').buffer, 1, 2))],
    'a SharedArrayBuffer': (url) => [url, post(new SharedArrayBuffer(2))],
    'a blob with a type': (url) => [url, post(new Blob(['b'], { type: 'image/png' }))],
    'a blob without': (url) => [url, post(new Blob(['b']))],
    'a stream': (url) => [url, post(stream(bytes('ab'), bytes('c')), { duplex: 'half' })],
    'a stream without duplex': (url) => [url, post(stream(bytes('ab')))],
    'a stream of no bytes': (url) => [url, post(stream('text'), { duplex: 'half' })],
    'a stream that fails': (url) => [
      url,
      post(
        new ReadableStream({
          pull() {
            throw new Error('no more')
          },
        }),
        { duplex: 'half' },
      ),
    ],
    'a Readable of Node': (url) => [url, post(Readable.from([bytes('ab'), bytes('c')]), { duplex: 'half' })],
    'headers as a record': (url) => [url, { headers: { 'X-A': '  1 \t', 'x-b': 'b' } }],
    'headers as pairs': (url) => [url, { headers: [['x-a', '1'] as [string, string], ['X-A', '2']] }],
    'headers as Headers': (url) => [url, { headers: new Headers({ 'x-a': '1', 'x-b': '2' }) }],
    'a header outside ASCII': (url) => [url, { headers: { 'x-a': 'caf\u00e9' } }],
    'a header outside Latin-1': (url) => [url, { headers: { 'x-a': '世' } }],
    'a header with a line break': (url) => [url, { headers: { 'x-a': 'a\nb' } }],
    'a header name that is none': (url) => [url, { headers: { 'x a': '1' } }],
    'a Request': (url) => [new Request(url, post('body', { headers: { 'x-a': '1' } }))],
    'a Request and other headers': (url) => [
      new Request(url, post('body', { headers: { 'x-a': '1' } })),
      { headers: { 'x-b': '2' } },
    ],
    'a Request and another body': (url) => [new Request(url, post('body')), { body: '{}' }],
    'a Request and another method': (url) => [new Request(url, post('body')), { method: 'PUT' }],
    'a Request whose body was read': async (url) => [await used(url)],
    'a Request whose body was read, and another': async (url) => [await used(url), { body: 'fresh' }],
    'a Request that is aborted': (url) => [new Request(url, { signal: AbortSignal.abort(new Error('why')) })],
    'a Request that is aborted, and no signal': (url) => [
      new Request(url, { signal: AbortSignal.abort(new Error('why')) }),
      { signal: null },
    ],
    'an aborted signal': (url) => [url, { signal: AbortSignal.abort(new Error('why')) }],
    'an aborted signal without a reason': (url) => [url, { signal: AbortSignal.abort() }],
  }

/** The upstream's view of a call, and its end. */
async function seen(fetchIt: Fetch, echo: Echo, asking: readonly [unknown, RequestInit?]): Promise<unknown> {
  const before = echo.reached.length
  const [input, init] = asking
  const end = await fetchIt(input as string, init).then(
    async (response) => [response.status, response.url, response.redirected, await response.text()],
    // Which words are said is each implementation's own affair, but for an abort's.
    (error: Error) => [error.name, error.message === 'why'],
  )
  const isUsed = input instanceof Request ? input.bodyUsed : undefined
  const reached = echo.reached.slice(before).map(({ method, target, headers, body }) => {
    const type = headers['content-type']
    return { method, target, type, a: headers['x-a'], b: headers['x-b'], body: body.toString('hex') }
  })
  return { end, isUsed, reached }
}

for (const [name, asking] of Object.entries(calls)) {
  test(`${name}: as with Node's fetch`, async () => {
    const echo = await echoUpstream()
    const url = `${echo.url}/v1/x?a=1`
    await using vcr = await openCassette('c', { mode: 'record', dir: await tempDir() })
    const node = await seen(fetch as Fetch, echo, await asking(url))
    expect(await seen(vcr.fetch, echo, await asking(url))).toEqual(node)
  })
}

test('a request that was aborted before it was made leaves its body unread', async () => {
  let pulled = 0
  const body = new ReadableStream({ pull: () => void pulled++ }, { highWaterMark: 0 })
  await using vcr = await openCassette('c', { dir: await tempDir() })
  const asking = post(body, { duplex: 'half', signal: AbortSignal.abort(new Error('why')) })
  await expect(vcr.fetch('https://api.openai.com/v1/x', asking)).rejects.toThrow('why')
  expect([pulled, body.locked]).toEqual([0, false])
})

test('a body that breaks off is a TypeError, as it is to fetch, and so it is when it is replayed', async () => {
  const { url } = await localUpstream((req, res) => {
    req.resume()
    res.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: {}\n\n', () => res.destroy())
  })
  const dir = await tempDir()
  for (const mode of ['record', 'replay'] as const) {
    await using vcr = await openCassette('c', { dir, upstream: url, mode, keepTruncated: true })
    for (const answer of [vcr.fetch(`${url}/v1/x`), vcr.handle(new Request(`${url}/v1/x`))]) {
      const broken: unknown = await (await answer).text().catch((error: unknown) => error)
      expect(broken).toBeInstanceOf(TypeError)
      expect(broken).toMatchObject({ message: 'terminated', cause: expect.any(Error) })
    }
  }
})
