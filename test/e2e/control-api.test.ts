import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type ServerOptions, startServer } from '../../src/server/start.ts'
import { tempDir } from '../support/temp.ts'
import { localUpstream } from '../support/upstream.ts'

const get = (at: string): string =>
  `  - request:\n      method: GET\n      path: /v1/${at}\n    response:\n      status: 200\n      body:\n        text: ${at}\n`

async function serving(options: ServerOptions = {}): Promise<string> {
  const dir = await tempDir()
  const head = 'version: 1\nupstream: https://api.openai.com\nrecordedAt: 2026-01-02\ninteractions:\n'
  for (const name of ['weather', 'news'])
    await writeFile(path.join(dir, `${name}.yaml`), `${head}${get(`${name}/a`)}${get(`${name}/b`)}...\n`)
  const server = await startServer({ mode: 'replay', dir, ...options })
  onTestFinished(async () => void (await server.close({ keep: false })))
  return server.url
}

const json = async (url: string, method = 'GET'): Promise<unknown> => (await fetch(url, { method })).json()
const error = (body: unknown): { code: string; message: string } =>
  (body as { error: { code: string; message: string } }).error

test('the control API lists sessions with their cassette, what came of their requests, and what is unplayed', async () => {
  const url = await serving({ cassette: 'weather' })
  expect(await json(`${url}/_vcr/sessions`)).toEqual({ sessions: [] })
  await fetch(`${url}/s/one/v1/weather/a`)
  await fetch(`${url}/s/one/v1/weather/a`)
  await fetch(`${url}/s/one/c/news/v1/nothing`)
  await fetch(`${url}/v1/weather/a`)
  const none = { pending: 0, recorded: 0, passed: 0, dropped: 0, failed: 0, ignored: 0, faulted: 0 }
  expect(await json(`${url}/_vcr/sessions`)).toEqual({
    sessions: [
      { name: null, cassette: 'weather', counts: { ...none, hit: 1, miss: 0, exhausted: 0 }, unused: 1 },
      { name: 'one', cassette: 'weather', counts: { ...none, hit: 1, miss: 0, exhausted: 1 }, unused: 1 },
      { name: 'one', cassette: 'news', counts: { ...none, hit: 0, miss: 1, exhausted: 0 }, unused: 2 },
    ],
  })
})

test('the control API shows the journal of one session, in all its cassettes', async () => {
  const url = await serving()
  await fetch(`${url}/s/my%20test/c/weather/v1/weather/b`)
  await fetch(`${url}/s/my%20test/v1/news/a`)
  await fetch(`${url}/s/my%20test/v1/nothing`)
  expect(await json(`${url}/_vcr/sessions/my%20test`)).toMatchObject({
    name: 'my test',
    runs: [
      {
        cassette: 'weather',
        journal: [{ method: 'GET', path: '/v1/weather/b', outcome: 'hit', status: 200, cassette: 'weather' }],
        unplayed: [{ cassette: 'weather', method: 'GET', path: '/v1/weather/a' }],
      },
      {
        cassette: null,
        counts: { hit: 1, miss: 1 },
        unused: 3,
        journal: [
          { path: '/v1/news/a', outcome: 'hit', cassette: 'news' },
          { path: '/v1/nothing', outcome: 'miss', reason: expect.stringContaining('No recorded') as string },
        ],
      },
    ],
  })
})

test('a session that is ended begins anew with its next request', async () => {
  const url = await serving()
  const ask = async (): Promise<number> => (await fetch(`${url}/s/one/v1/news/a`)).status
  expect([await ask(), await ask()]).toEqual([200, 404])
  const ended = await json(`${url}/_vcr/sessions/one`, 'DELETE')
  expect(ended).toMatchObject({ name: 'one', runs: [{ counts: { hit: 1, exhausted: 1 } }] })
  expect(await json(`${url}/_vcr/sessions`)).toEqual({ sessions: [] })
  expect([await ask(), await ask()]).toEqual([200, 404])
})

test('the session without a name is asked for and ended under an address of its own', async () => {
  const url = await serving({ repeat: 'error' })
  const ask = async (): Promise<number> => (await fetch(`${url}/v1/news/a`)).status
  expect([await ask(), await ask()]).toEqual([200, 404])
  expect(await json(`${url}/_vcr/unnamed`)).toMatchObject({ name: null, runs: [{ counts: { hit: 1 } }] })
  await json(`${url}/_vcr/unnamed`, 'DELETE')
  expect(await json(`${url}/_vcr/unnamed`)).toEqual({ name: null, runs: [] })
  expect(await ask()).toBe(200)
})

test('an unknown session is an error of the shape of OpenAI’s', async () => {
  const url = await serving()
  for (const method of ['GET', 'DELETE']) {
    const response = await fetch(`${url}/_vcr/sessions/no%2Fone`, { method })
    expect([response.status, response.headers.get('x-should-retry')]).toEqual([404, 'false'])
    expect(error(await response.json())).toMatchObject({
      code: 'unknown_session',
      message: expect.stringContaining("'no/one'") as string,
    })
  }
})

test('a session’s name that is no percent-encoding is taken as it stands', async () => {
  const url = await serving()
  await fetch(`${url}/s/100%/v1/news/a`)
  expect(await json(`${url}/_vcr/sessions/100%`)).toMatchObject({
    name: '100%',
    runs: [{ counts: { hit: 1 } }],
  })
})

test('nothing under /_vcr/ is sent upstream, whatever the method, the session or the cassette', async () => {
  const upstream = await localUpstream((_req, res) => void res.end('from upstream'))
  const url = await serving({ mode: 'live', upstream: upstream.url })
  const asked: [string, string][] = [
    ['GET', '/_vcr'],
    ['GET', '/_vcr/'],
    ['GET', '/_VCR/sessions'],
    ['POST', '/_vcr/sessions'],
    ['PUT', '/_vcr/sessions/one'],
    ['DELETE', '/_vcr/sessions'],
    ['GET', '/_vcr/sessions/one/more'],
    ['POST', '/_vcr/health'],
    ['GET', '/s/one/_vcr/sessions'],
    ['GET', '/c/weather/_vcr/health?x=1'],
    ['GET', '/s/one/c/weather/_vcr'],
  ]
  for (const [method, at] of asked) {
    const response = await fetch(url + at, { method })
    const body = await response.text()
    if (at !== '/_VCR/sessions') expect([at, response.status]).toEqual([at, 404])
    expect(body, at).not.toContain('from upstream')
  }
  expect(upstream.asked()).toBe(0)
})

test('a server whose sessions may idle for no time at all is refused', async () => {
  await expect(startServer({ dir: await tempDir(), sessionIdle: 0 })).rejects.toThrow(
    'option `sessionIdle`: expected a number of seconds over 0, such as 3600, found 0',
  )
})
