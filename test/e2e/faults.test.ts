import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import https from 'node:https'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { ERROR_NAMES } from '../../src/openai/errors/catalogue.ts'
import { type ServerOptions, startServer } from '../../src/server/start.ts'
import { cassette, got } from '../contract/written.ts'
import { runCli, startCli } from '../support/cli.ts'

async function serving(options: ServerOptions = {}): Promise<string> {
  const dir = await cassette(got('/v1/a', 'a'), got('/v1/b', 'b'))
  const server = await startServer({ dir, cassette: 'c', ...options })
  onTestFinished(async () => void (await server.close({ keep: false })))
  return server.url
}

const status = async (url: string): Promise<number> => (await fetch(url)).status
const send = async (method: string, url: string, body?: unknown): Promise<unknown> =>
  (await fetch(url, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })).json()

test('a session is given faults before it begins, and no other session has them', async () => {
  const url = await serving()
  const answer = await send('PUT', `${url}/_vcr/sessions/one/faults`, [{ nth: 1, error: 'server_error' }])
  expect(answer).toEqual({ name: 'one', faults: 1, limits: 0 })
  expect(await status(`${url}/s/two/v1/a`)).toBe(200)
  expect(await status(`${url}/s/one/v1/a`)).toBe(500)
  expect(await status(`${url}/s/one/v1/a`)).toBe(200)
  expect(await send('GET', `${url}/_vcr/sessions/one`)).toMatchObject({
    runs: [{ counts: { faulted: 1, hit: 1 }, journal: [{ outcome: 'faulted' }, { outcome: 'hit' }] }],
  })
})

test('a session under way is given other faults, and loses them', async () => {
  const url = await serving({ faults: [{ error: 'insufficient_quota' }], repeat: 'last' })
  expect([await status(`${url}/s/one/v1/a`), await status(`${url}/v1/a`)]).toEqual([429, 429])
  await send('PUT', `${url}/_vcr/sessions/one/faults`, { faults: [{ error: 'server_error' }] })
  await send('PUT', `${url}/_vcr/unnamed/faults`, [])
  expect([await status(`${url}/s/one/v1/a`), await status(`${url}/v1/a`)]).toEqual([500, 200])
  expect(await send('DELETE', `${url}/_vcr/sessions/one/faults`)).toEqual({ name: 'one' })
  expect(await status(`${url}/s/one/v1/a`)).toBe(429)
  await send('PUT', `${url}/_vcr/sessions/one/faults`, [])
  await send('DELETE', `${url}/_vcr/sessions/one`)
  expect(await status(`${url}/s/one/v1/a`)).toBe(429)
})

test('time passes for the limits of one session when it is told to', async () => {
  const dir = await cassette(
    '  - request:\n      method: POST\n      path: /v1/chat/completions\n      body:\n        json: \'{"model":"m"}\'\n    response:\n      status: 200\n      body:\n        text: ok\n',
  )
  const url = await serving({ dir, limits: { m: { requests: 1 } }, repeat: 'last' })
  const ask = async (session: string): Promise<number> => {
    const headers = { 'content-type': 'application/json' }
    const init = { method: 'POST', headers, body: '{"model":"m"}' }
    return (await fetch(`${url}/s/${session}/v1/chat/completions`, init)).status
  }
  expect([await ask('one'), await ask('two'), await ask('one')]).toEqual([200, 200, 429])
  expect(await send('POST', `${url}/_vcr/sessions/one/clock`, { advance: 60_000 })).toEqual({
    name: 'one',
    advanced: 1,
  })
  expect([await ask('one'), await ask('two')]).toEqual([200, 429])
})

test('the control API refuses an invalid request and says what is wrong with it', async () => {
  const url = await serving()
  const refused = [
    [
      'PUT',
      'unnamed/faults',
      '[{"rest":true}]',
      'the body of the request: unknown field `[0].rest`; did you mean `reset`?',
    ],
    ['PUT', 'sessions/a/faults', '[', 'not valid JSON'],
    ['POST', 'sessions/a/clock', '{"advance":1}', "session 'a' has not started: its first request starts it"],
    [
      'POST',
      'unnamed/clock',
      '{"advance":-1}',
      'field `advance`: expected a number of milliseconds from 0, such as 20000, found -1',
    ],
    ['POST', 'unnamed/clock', '{}', 'the body of the request: field `advance`: expected a number'],
    ['POST', 'unnamed/clock', '{"advnace":1}', 'unknown field `advnace`; did you mean `advance`?'],
    ['POST', 'unnamed/clock', '[]', 'the body of the request: expected an object, such as'],
  ] as const
  for (const [method, at, body, says] of refused) {
    const response = await fetch(`${url}/_vcr/${at}`, { method, body })
    const { error } = (await response.json()) as { error: { message: string } }
    expect([response.status, error.message]).toEqual([400, expect.stringContaining(says)])
  }
})

test('the server does not wait for what is never answered when it is stopped', async () => {
  const dir = await cassette(got('/v1/a', 'a'))
  const server = await startServer({ dir, cassette: 'c', faults: [{ nth: 1, timeout: true }] })
  const asking = fetch(`${server.url}/v1/a`).catch((error: unknown) => error)
  while (!JSON.stringify(await send('GET', `${server.url}/_vcr/unnamed`)).includes('faulted'));
  await server.close()
  expect(await asking).toBeInstanceOf(TypeError)
})

test('each error of the catalogue is answered as the docs say, and only these', async () => {
  const names = ERROR_NAMES.map((error, i) => ({ nth: i + 1, error }))
  const url = await serving({ faults: names, repeat: 'last' })
  const rows: string[] = []
  for (const name of ERROR_NAMES) {
    const response = await fetch(`${url}/v1/a`)
    const { headers } = response
    const waits = headers.has('retry-after') ? ', `retry-after` and `x-ratelimit-*`' : ''
    expect([...headers.keys()].some((each) => each.startsWith('x-ratelimit-'))).toBe(waits !== '')
    const body = await response.text()
    const { error } = (body.startsWith('{') ? JSON.parse(body) : {}) as {
      error?: { type: string; code: string | null }
    }
    const code = (error?.code ?? null) === null ? 'null' : `\`${error?.code}\``
    const shape =
      error === undefined ? 'plain text, from the proxy in front of the API' : `\`${error.type}\`, ${code}`
    rows.push(`| \`${name}\` | ${response.status}${waits} | ${shape} |`)
  }
  const docs = await readFile(new URL('../../docs/faults.md', import.meta.url), 'utf8')
  const [, table = ''] = /\| name \| status .*\n.*---.*\n((?:\|.*\n)+)/.exec(docs) ?? []
  expect(table.replace('429, the same', '429, `retry-after` and `x-ratelimit-*`').trim().split('\n')).toEqual(
    rows,
  )
})

test('a connection of TLS is broken where it cannot be reset, and the server goes on', async () => {
  const faults = [{ nth: 1, reset: true as const }]
  const dir = await cassette(got('/v1/a', 'a'))
  const server = await startServer({ dir, cassette: 'c', tls: true, faults })
  onTestFinished(async () => void (await server.close()))
  const ca = await readFile(server.certificate ?? '', 'utf8')
  const ask = async (): Promise<unknown> => {
    const request = https.get(`${server.url}/v1/a`, { ca, agent: false })
    const answered = once(request, 'response') as Promise<[IncomingMessage]>
    return answered.then(
      ([response]) => response.resume().statusCode,
      (error: NodeJS.ErrnoException) => error.code,
    )
  }
  expect([await ask(), await ask()]).toEqual(['ECONNRESET', 200])
})

test('a session of a server is given faults of WebSockets', async () => {
  const url = await serving()
  const closing = [{ close: { code: 1011, reason: 'keepalive timeout' } }]
  await send('PUT', `${url}/_vcr/sessions/one/faults`, closing)
  expect(await status(`${url}/s/one/v1/a`)).toBe(200)
  const socket = new WebSocket(`${url.replace('http', 'ws')}/s/one/v1/realtime?model=m`, ['realtime'])
  const closed = await new Promise((resolve, reject) => {
    socket.on('close', (code, reason) => resolve([code, String(reason)]))
    socket.on('error', reject)
  })
  expect(closed).toEqual([1011, 'keepalive timeout'])
  expect(socket.protocol).toBe('realtime')
  expect(await send('GET', `${url}/_vcr/sessions/one`)).toMatchObject({
    runs: [{ counts: { faulted: 1 }, journal: [{}, { outcome: 'faulted', path: '/v1/realtime' }] }],
  })
})

test('serve takes a file of faults and limits', async () => {
  const dir = await cassette(got('/v1/a', 'a'), got('/v1/b', 'b'))
  const file = path.join(dir, 'faults.json')
  await writeFile(
    file,
    '{"faults":[{"when":{"path":"/v1/a"},"nth":1,"error":"model_not_found"}],"limits":{}}',
  )
  const server = await startCli(['--cassettes', dir, '--cassette', 'c', '--faults', file])
  expect(await Promise.all([status(`${server.url}/v1/b`), status(`${server.url}/v1/a`)])).toEqual([200, 404])
  expect(await status(`${server.url}/v1/a`)).toBe(200)
})

test('a file of faults that is wrong is bad usage, and names itself, the rule and the field', async () => {
  const dir = await cassette(got('/v1/a', 'a'))
  const file = path.join(dir, 'faults.json')
  await writeFile(file, '[{"reset":true},{"nth":2,"eror":"server_error"}]')
  const run = await runCli(['replay', '--cassettes', dir, '--faults', file, '--', 'true'])
  expect(run.status).toBe(2)
  expect(run.stderr).toContain(`${file}: unknown field \`[1].eror\`; did you mean \`error\`?`)
  const missing = await runCli(['serve', '--faults', path.join(dir, 'none.json')])
  expect(missing.status).toBe(2)
  expect(missing.stderr).toContain('none.json: there is no such file')
})
