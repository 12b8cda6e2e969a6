import http, { type ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { intercept } from '../../src/adapters/intercept/intercept.ts'
import { openCassette } from '../../src/index.ts'
import { tempDir } from '../support/temp.ts'
import { localUpstream, readAll } from '../support/upstream.ts'

const API = 'https://api.openai.com/v1'
const text = async (url: string): Promise<string> => (await fetch(url)).text()
const byHttp = (url: string, options: http.RequestOptions = {}): Promise<string> =>
  new Promise((resolve, reject) => {
    const request = http.get(url, options, (res) =>
      readAll(res).then((bytes) => resolve(bytes.toString()), reject),
    )
    request.on('error', reject)
  })

async function recording(upstream: string, name = 'c') {
  return openCassette(name, { mode: 'record', dir: await tempDir(), upstream })
}

test('intercept: a stream that runs when it stops runs to its end', async () => {
  let rest: ServerResponse | undefined
  const upstream = await localUpstream((_req, res) => {
    rest = res.writeHead(200, { 'content-type': 'text/event-stream' })
    res.write('data: 1\n\n')
  })
  await using vcr = await recording(upstream.url)
  const ours = await intercept(vcr)
  const reader = (await fetch(`${API}/x`)).body?.pipeThrough(new TextDecoderStream()).getReader()
  expect(await reader?.read()).toEqual({ done: false, value: 'data: 1\n\n' })
  await ours.stop()
  rest?.end('data: [DONE]\n\n')
  expect(await reader?.read()).toEqual({ done: false, value: 'data: [DONE]\n\n' })
  expect(await reader?.read()).toEqual({ done: true, value: undefined })
  await vcr.close()
  expect(vcr.journal.map(({ outcome }) => outcome)).toEqual(['recorded'])
})

test('intercept: a request that waits for its answer when it stops gets it, and the upstream sees no mark', async () => {
  const arrived = Promise.withResolvers<ServerResponse>()
  const headers: unknown[] = []
  const upstream = await localUpstream((req, res) => {
    headers.push(req.headers)
    arrived.resolve(res)
  })
  await using vcr = await recording(upstream.url)
  const ours = await intercept(vcr)
  const asked = text(`${API}/x`)
  const late = text(`${API}/y`)
  const first = await arrived.promise
  await ours.stop()
  first.end('answer')
  expect(await Promise.race([asked, late])).toBe('answer')
  expect(JSON.stringify(headers)).not.toContain('msw')
  await upstream.close()
  await Promise.allSettled([asked, late])
})

test('intercept: what is asked after it stopped goes where it is sent, over connections from before too', async () => {
  const real = await localUpstream((_req, res) => void res.end('real'))
  const vcr = await openCassette('c', { dir: await tempDir() })
  const ours = await intercept(vcr, { hosts: [new URL(real.url).host] })
  const refused = await Promise.all([text(real.url), byHttp(real.url), text(real.url)])
  expect(refused.join()).toMatch(/replay_miss.*replay_miss.*replay_miss/s)
  await ours.stop()
  expect(await Promise.all([text(real.url), byHttp(real.url), text(real.url)])).toEqual([
    'real',
    'real',
    'real',
  ])
  expect(vcr.journal).toHaveLength(3)
  expect(real.asked()).toBe(3)
  await vcr.close()
})

test('intercept: what is asked after it stopped goes where it is sent while another goes on, too', async () => {
  const real = await localUpstream((_req, res) => void res.end('real'))
  const vcr = await openCassette('c', { dir: await tempDir() })
  await using _other = await intercept(vcr, { hosts: ['other.test'] })
  const ours = await intercept(vcr, { hosts: [new URL(real.url).host] })
  expect(await text(real.url)).toContain('replay_miss')
  await ours.stop()
  expect([await text(real.url), await byHttp(real.url, { agent: false })]).toEqual(['real', 'real'])
  await vcr.close()
})

test('intercept: to stop twice is to stop once, and it can begin again', async () => {
  const vcr = await openCassette('c', { dir: await tempDir() })
  const ours = await intercept(vcr)
  const others = await intercept(vcr)
  await Promise.all([ours.stop(), ours.stop()])
  expect(await text(`${API}/a`), 'the other goes on').toContain('replay_miss')
  await others.stop()
  await using _again = await intercept(vcr)
  expect(await text(`${API}/b`)).toContain('replay_miss')
  await vcr.close()
})

test('intercept: two cassettes answer a host each, and stop in any order', async () => {
  const upstream = await localUpstream((req, res) => void res.end(`${req.url}`))
  for (const order of [
    [0, 1],
    [1, 0],
  ] as const) {
    await using one = await recording(upstream.url, 'one')
    await using two = await recording(upstream.url, 'two')
    const cassettes = [one, two] as const
    const hosts = ['one.test', 'two.test'] as const
    const running = [
      await intercept(one, { hosts: [hosts[0]] }),
      await intercept(two, { hosts: [hosts[1]] }),
    ] as const
    const [first, last] = order
    expect(await text(`https://${hosts[first]}/v1/a`)).toBe('/v1/a')
    expect(await text(`https://${hosts[last]}/v1/b`)).toBe('/v1/b')
    await running[first].stop()
    expect(await text(`https://${hosts[last]}/v1/c`)).toBe('/v1/c')
    await running[last].stop()
    expect(cassettes[first].journal.map(({ path }) => path)).toEqual(['/v1/a'])
    expect(cassettes[last].journal.map(({ path }) => path)).toEqual(['/v1/b', '/v1/c'])
  }
})

test('intercept: inside another for a host of its own, the outer answers what is left', async () => {
  const upstream = await localUpstream((req, res) => void res.end(`${req.url}`))
  await using outer = await recording(upstream.url, 'outer')
  await using inner = await recording(upstream.url, 'inner')
  await using _outer = await intercept(outer, { hosts: ['one.test', 'two.test'] })
  {
    await using _inner = await intercept(inner, { hosts: ['two.test'] })
    await Promise.all([text('https://one.test/v1/a'), text('https://two.test/v1/b')])
  }
  await text('https://two.test/v1/c')
  expect([outer, inner].map(({ journal }) => journal.map(({ path }) => path))).toEqual([
    ['/v1/a', '/v1/c'],
    ['/v1/b'],
  ])
})

test('intercept: an upstream that a cassette intercepts itself is asked once', async () => {
  const upstream = await localUpstream((req, res) => void res.end(`${req.url}`))
  await using vcr = await recording(upstream.url)
  await using _ours = await intercept(vcr, { hosts: [new URL(upstream.url).host] })
  const paths = Array.from({ length: 20 }, (_, n) => `/v1/${n}`)
  // Those of before keep connections open, which the later ones use.
  for (const half of [paths.slice(0, 10), paths.slice(10)])
    expect(await Promise.all(half.map((path) => text(upstream.url + path)))).toEqual(half)
  expect(upstream.asked()).toBe(20)
  expect(vcr.journal).toHaveLength(20)
})
