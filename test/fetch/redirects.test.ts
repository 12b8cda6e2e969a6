import { expect, test } from 'vitest'
import { openCassette } from '../../src/index.ts'
import { tempDir } from '../support/temp.ts'
import { localUpstream, readAll } from '../support/upstream.ts'

type Fetch = typeof fetch

const SEEN = ['authorization', 'cookie', 'content-type', 'content-language', 'x-mine'] as const

interface Outcome {
  readonly answer: unknown
  /** What came of it at the upstreams, in order. */
  readonly asked: readonly string[]
}

/**
 * Two upstreams that redirect as the query says: `?to=…&status=…`, to themselves or to one
 * another. The second is another origin to the first.
 */
async function upstreams(): Promise<{ url: string; other: string; asked: string[] }> {
  const asked: string[] = []
  const listen = async (name: string): Promise<string> => {
    const { url } = await localUpstream(async (req, res) => {
      const body = (await readAll(req)).toString()
      const headers = SEEN.filter((header) => req.headers[header] !== undefined)
      asked.push(`${name} ${req.method} ${req.url} ${headers.join(' ')} ${body}`)
      const { searchParams } = new URL(req.url ?? '', 'http://x')
      const [status, to] = [Number(searchParams.get('status') ?? 200), searchParams.get('to')]
      const left = Number(searchParams.get('times') ?? 0)
      const location = left > 0 ? `?times=${left - 1}&status=${left > 1 ? status : 200}` : to
      res.writeHead(status, location === null ? {} : { location }).end(`${name} says ${status}`)
    })
    return url
  }
  return { url: await listen('first'), other: await listen('second'), asked }
}

const init = (method: string, more: RequestInit): RequestInit => ({
  method,
  headers: { authorization: 'Bearer sk-test', cookie: 'a=1', 'content-language': 'en', 'x-mine': '1' },
  ...(method === 'GET' || method === 'HEAD' ? {} : { body: 'body' }),
  ...more,
})

async function outcome(fetchIt: Fetch, url: string, asking: RequestInit): Promise<unknown> {
  try {
    const response = await fetchIt(url, asking)
    return {
      status: response.status,
      url: response.url,
      redirected: response.redirected,
      location: response.headers.get('location'),
      text: await response.text(),
    }
  } catch (error) {
    return (error as Error).message
  }
}

/** What Node's own fetch does with this, and what vcr.fetch does, recording and replaying. */
async function compared(
  path: (other: string) => string,
  asking: () => RequestInit,
): Promise<Record<string, Outcome>> {
  const { url, other, asked } = await upstreams()
  const target = url + path(other)
  const run = async (fetchIt: Fetch): Promise<Outcome> => {
    const answer = await outcome(fetchIt, target, asking())
    return { answer, asked: asked.splice(0) }
  }
  const dir = await tempDir()
  const node = await run(fetch)
  const recording = await openCassette('c', { mode: 'record', dir })
  const live = await run(recording.fetch as Fetch)
  await recording.close()
  const replaying = await openCassette('c', { dir })
  const again = await run(replaying.fetch as Fetch)
  await replaying.close()
  expect(again.asked).toEqual([])
  return { node, live, again: { ...again, asked: live.asked } }
}

function expectSame({ node, live, again }: Record<string, Outcome>): Outcome {
  expect(live).toEqual(node)
  expect(again).toEqual(node)
  return node as Outcome
}

for (const status of [301, 302, 303, 307, 308, 300, 304, 305]) {
  for (const method of ['GET', 'POST', 'PUT', 'HEAD', 'DELETE']) {
    test(`${method} and ${status}: within an origin and across, as Node's fetch does`, async () => {
      const within = expectSame(
        await compared(
          () => `/v1/a?status=${status}&to=/v1/b`,
          () => init(method, {}),
        ),
      )
      expect(within.asked.length).toBe([301, 302, 303, 307, 308].includes(status) ? 2 : 1)
      expectSame(
        await compared(
          (other) => `/v1/a?status=${status}&to=${other}/v1/b`,
          () => init(method, {}),
        ),
      )
    })
  }
}

for (const redirect of ['manual', 'error'] as const) {
  test(`redirect: '${redirect}' is obeyed, from the options and from a Request`, async () => {
    for (const to of ['&to=/v1/b', '']) {
      for (const asking of [init('GET', { redirect }), init('POST', { redirect })]) {
        expectSame(
          await compared(
            () => `/v1/a?status=302${to}`,
            () => asking,
          ),
        )
      }
    }
    const { url } = await upstreams()
    await using vcr = await openCassette('c', { mode: 'record', dir: await tempDir() })
    const request = new Request(`${url}/v1/a?status=302&to=/v1/b`, { redirect })
    expect(await outcome(() => vcr.fetch(request), '', {})).toEqual(
      await outcome((input) => fetch(new Request(input, { redirect })), request.url, {}),
    )
  })
}

test('twenty redirects are followed and no more, as Node does', async () => {
  const twenty = expectSame(
    await compared(
      () => '/v1/a?times=20&status=302',
      () => init('GET', {}),
    ),
  )
  expect(twenty.answer).toMatchObject({ status: 200, redirected: true })
  const more = expectSame(
    await compared(
      () => '/v1/a?times=21&status=302',
      () => init('GET', {}),
    ),
  )
  expect([more.answer, more.asked.length]).toEqual(['fetch failed', 21])
})

for (const [what, location] of [
  ['nowhere', ''],
  ['another protocol', '&to=ftp://127.0.0.1/x'],
  ['no URL', '&to=http://[x'],
  ['a relative path', '&to=b'],
  ['a query', '&to=%3Fa=1'],
  ['a fragment', '&to=/v1/b%23f'],
] as const) {
  test(`a redirect to ${what} ends as with Node's fetch`, async () => {
    expectSame(
      await compared(
        () => `/v1/a?status=307${location}`,
        () => init('GET', {}),
      ),
    )
  })
}

test('a body that is a stream is not sent twice', async () => {
  for (const status of [303, 307]) {
    expectSame(
      await compared(
        () => `/v1/a?status=${status}&to=/v1/b`,
        () => init('POST', { body: new Blob(['streamed']).stream(), duplex: 'half' }),
      ),
    )
  }
})
