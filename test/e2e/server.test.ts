import { readFile, readdir } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { spawnServer, startCli } from '../support/cli.ts'
import { tempDir } from '../support/temp.ts'
import { localUpstream, readAll } from '../support/upstream.ts'

const post = (body: object): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

async function echo(): Promise<{ url: string; asked: () => number }> {
  return localUpstream(async (req, res) => void res.end(`${req.url} ${(await readAll(req)).toString()}`))
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} lets what is in flight end, writes, and exits with 0`, async () => {
    let finish = (): void => {}
    const upstream = await localUpstream((req, res) => {
      req.resume()
      res.writeHead(200).write('begun ')
      finish = () => res.end('and ended')
    })
    const dir = await tempDir()
    const server = await spawnServer(['--mode', 'record', '--cassettes', dir, '--upstream', upstream.url])
    const response = await fetch(`${server.url}/v1/slow`, post({}))
    const reading = response.text()
    const stopped = server.stop(signal)
    finish()
    expect(await reading).toBe('begun and ended')
    expect(await stopped).toBe(0)
    expect(await readFile(path.join(dir, 'default.yaml'), 'utf8')).toContain('begun and ended')
  })
}

test('addresses and headers choose cassette and session', async () => {
  const { url } = await echo()
  const dir = await tempDir()
  const recording = await startCli(['--mode', 'record', '--cassettes', dir, '--upstream', url])
  await (await fetch(`${recording.url}/c/agents/weather/v1/x?b=2&a=1`, post({ n: 1 }))).text()
  await (await fetch(`${recording.url}/s/one/c/flat/v1/x`, post({ n: 2 }))).text()
  await (
    await fetch(`${recording.url}/v1/x`, {
      ...post({ n: 3 }),
      headers: { 'x-vcr-cassette': 'by/header', 'x-vcr-session': 's', 'content-type': 'application/json' },
    })
  ).text()
  await (
    await fetch(`${recording.url}//openai/deployments/d/chat/completions?api-version=1`, post({ n: 4 }))
  ).text()
  expect(await recording.stop()).toBe(0)
  expect(
    (await readdir(dir, { recursive: true })).filter((file) => file.endsWith('.yaml')).toSorted(),
  ).toEqual(['agents/weather.yaml', 'by/header.yaml', 'default.yaml', 'flat.yaml'])
  expect(await readFile(path.join(dir, 'by/header.yaml'), 'utf8')).not.toContain('x-vcr')

  const replaying = await startCli(['--cassettes', dir])
  const text = async (at: string, body: object, headers = {}): Promise<string> =>
    (
      await fetch(replaying.url + at, {
        ...post(body),
        headers: { 'content-type': 'application/json', ...headers },
      })
    ).text()
  expect(await text('/c/agents/weather/v1/x?a=1&b=2', { n: 1 })).toBe('/v1/x?b=2&a=1 {"n":1}')
  expect(await text('/v1/x', { n: 2 })).toBe('/v1/x {"n":2}')
  expect(await text('/v1/x', { n: 3 }, { 'x-vcr-cassette': 'by/header' })).toBe('/v1/x {"n":3}')
  expect(await text('//openai/deployments/d/chat/completions?api-version=1', { n: 4 })).toContain(
    '//openai/deployments',
  )
  expect(await text('/c/flat/v1/x', { n: 1 })).toContain('replay_miss')
})

test('each session counts for itself, and the one without a name starts again', async () => {
  const { url } = await echo()
  const dir = await tempDir()
  const recording = await startCli(['--mode', 'record', '--cassettes', dir, '--upstream', url])
  await (await fetch(`${recording.url}/v1/x`, post({ n: 1 }))).text()
  await recording.stop()
  const { url: base } = await startCli(['--cassettes', dir])
  const ask = async (prefix: string): Promise<number> =>
    (await fetch(`${base}${prefix}/v1/x`, post({ n: 1 }))).status
  expect([await ask('/s/one'), await ask('/s/two'), await ask('/s/one')]).toEqual([200, 200, 404])
  expect([await ask(''), await ask(''), await ask('')]).toEqual([200, 200, 200])
})

test('nothing under /_vcr/ is sent upstream', async () => {
  const { url, asked } = await echo()
  const server = await startCli(['--mode', 'live', '--cassettes', await tempDir(), '--upstream', url])
  expect(await (await fetch(`${server.url}/_vcr/health`)).json()).toEqual({ status: 'ok' })
  expect((await fetch(`${server.url}/_vcr/nothing`)).status).toBe(404)
  expect(asked()).toBe(0)
})

test('a cassette name that would leave the directory is refused', async () => {
  const server = await startCli(['--cassettes', await tempDir()])
  const response = await fetch(`${server.url}/v1/x`, { headers: { 'x-vcr-cassette': '../secret' } })
  expect(response.status).toBe(400)
  expect(await response.text()).toContain(
    "cassette: expected a name, such as 'weather' or 'agents/weather', found '../secret'",
  )
})
