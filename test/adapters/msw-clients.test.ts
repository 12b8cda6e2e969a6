import http from 'node:http'
import { http as mswHttp, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import { expect, test } from 'vitest'
import { cassetteHandlers, intercept } from '../../src/adapters/intercept/msw.ts'
import { openCassette } from '../../src/index.ts'
import { tempDir } from '../support/temp.ts'
import { localUpstream, readAll } from '../support/upstream.ts'
import { httpClients } from '../contract/http-clients.ts'

const URL_ = 'https://api.openai.com/v1/chat/completions?a=1'
const BODY = '{"n":1}'

for (const [client, ask] of Object.entries(httpClients)) {
  test(`MSW: what ${client} asks is recorded and replayed`, async () => {
    const upstream = await localUpstream(
      async (req, res) =>
        void res.end(
          `${req.method} ${req.url} ${(await readAll(req)).toString()}, accepting ${req.headers.accept}`,
        ),
    )
    const dir = await tempDir()
    const got: string[] = []
    for (const mode of ['record', 'replay'] as const) {
      await using vcr = await openCassette('c', { mode, dir, upstream: upstream.url })
      await using _intercepted = await intercept(vcr)
      got.push(await ask(URL_, BODY))
    }
    expect(got[0]).toMatch(/^POST \/v1\/chat\/completions\?a=1 \{"n":1\}, accepting /)
    expect(got[0], "MSW's mark must not reach the upstream").not.toContain('msw')
    expect(got[1]).toBe(got[0])
    expect(upstream.asked()).toBe(1)
  })
}

test('MSW: other hosts are left alone, and all are once it stops', async () => {
  const other = await localUpstream((_req, res) => void res.end('other'))
  const vcr = await openCassette('c', { dir: await tempDir() })
  const network = await intercept(vcr)
  expect(await (await fetch(other.url)).text()).toBe('other')
  const plain = await new Promise<string>((resolve) =>
    http.get(other.url, (res) => void readAll(res).then((body) => resolve(body.toString()))),
  )
  expect(plain).toBe('other')
  expect((await fetch('https://api.openai.com/v1/models')).status).toBe(404)
  await network.stop()
  expect(vcr.journal.map(({ outcome }) => outcome)).toEqual(['miss'])
  await vcr.close()
})

test('MSW: handlers stand beside those of a setupServer of one’s own', async () => {
  const upstream = await localUpstream((_req, res) => void res.end('from the upstream'))
  const vcr = await openCassette('c', { mode: 'record', dir: await tempDir(), upstream: upstream.url })
  const server = setupServer(
    ...cassetteHandlers(vcr),
    mswHttp.get('https://weather.test/now', () => HttpResponse.text('sunny')),
  )
  server.listen({ onUnhandledFrame: 'bypass' })
  try {
    expect(await (await fetch('https://api.openai.com/v1/models')).text()).toBe('from the upstream')
    expect(await (await fetch('https://weather.test/now')).text()).toBe('sunny')
  } finally {
    server.close()
  }
  expect(vcr.journal.map(({ outcome }) => outcome)).toEqual(['recorded'])
  await vcr.close()
})

test('MSW: of two cassettes that intercept one host the later answers until it stops, and the upstream is asked once', async () => {
  const upstream = await localUpstream((req, res) => void res.end(req.url))
  const open = async (name: string) =>
    openCassette(name, { mode: 'record', dir: await tempDir(), upstream: upstream.url })
  const [first, second] = [await open('first'), await open('second')]
  const [below, above] = [await intercept(first), await intercept(second)]
  const ask = async (path: string) => (await fetch(`https://api.openai.com${path}`)).text()
  expect(await ask('/v1/above')).toBe('/v1/above')
  await above.stop()
  expect(await ask('/v1/below')).toBe('/v1/below')
  await below.stop()
  expect(upstream.asked()).toBe(2)
  expect([first, second].map(({ journal }) => journal.map((entry) => entry.path))).toEqual([
    ['/v1/below'],
    ['/v1/above'],
  ])
  await Promise.all([first.close(), second.close()])
})

test('MSW: a replay answers for the host that its cassette was recorded from', async () => {
  const upstream = await localUpstream((_req, res) => void res.end('recorded'))
  const dir = await tempDir()
  for (const options of [{ mode: 'record', upstream: upstream.url }, { mode: 'replay' }] as const) {
    await using vcr = await openCassette('c', { dir, ...options })
    await using _intercepted = await intercept(vcr)
    expect(await (await fetch(`${upstream.url}/v1/x`)).text()).toBe('recorded')
  }
  expect(upstream.asked()).toBe(1)
})

test('MSW: a cassette that is closed says so, once', async () => {
  const vcr = await openCassette('c', { dir: await tempDir() })
  await using _intercepted = await intercept(vcr)
  await vcr.close()
  const response = await fetch('https://api.openai.com/v1/models')
  expect([response.status, response.headers.get('x-should-retry')]).toEqual([500, 'false'])
  expect(await response.text()).toContain("cassette 'c' is closed")
})

test('MSW: what vcr.fetch asks while the cassette intercepts as well is asked and recorded once', async () => {
  const upstream = await localUpstream((req, res) => void res.end(req.url))
  const vcr = await openCassette('c', { mode: 'record', dir: await tempDir(), upstream: upstream.url })
  await using _intercepted = await intercept(vcr)
  for (const path of ['/v1/a', '/v1/b'])
    expect(await (await vcr.fetch(`https://api.openai.com${path}`)).text()).toBe(path)
  expect(upstream.asked()).toBe(2)
  expect(await vcr.close()).toMatchObject({ added: 2 })
})

test('MSW: what vcr.fetch asks beside handlers of the cassette is asked and recorded once', async () => {
  const upstream = await localUpstream((req, res) => void res.end(req.url))
  const vcr = await openCassette('c', { mode: 'record', dir: await tempDir(), upstream: upstream.url })
  const server = setupServer(...cassetteHandlers(vcr))
  server.listen({ onUnhandledFrame: 'error' })
  try {
    expect(await (await vcr.fetch('https://api.openai.com/v1/a')).text()).toBe('/v1/a')
  } finally {
    server.close()
  }
  expect(upstream.asked()).toBe(1)
  expect(await vcr.close()).toMatchObject({ added: 1 })
})
