import { once } from 'node:events'
import { copyFile } from 'node:fs/promises'
import http, { createServer, type RequestListener, type Server } from 'node:http'
import net from 'node:net'
import path from 'node:path'
import express from 'express'
import { expect, onTestFinished, test, vi } from 'vitest'
import { WebSocketServer } from 'ws'
import { cassetteRouter, cassetteUpgrade, type UpgradeOptions } from '../../src/adapters/http/express.ts'
import { type CassetteOptions, openCassette, type Vcr } from '../../src/index.ts'
import { REALTIME, recorded, serve } from '../support/conversing.ts'
import { listenHere } from '../support/listen.ts'
import { rawUpstream } from '../support/raw-upstream.ts'
import { counting, socketUpstream } from '../support/socket-upstream.ts'
import { talkTo } from '../support/talk.ts'
import { tempDir } from '../support/temp.ts'

const ROUTERS: Readonly<Record<string, (vcr: Vcr) => { listener: RequestListener; path: string }>> = {
  'a bare server': (vcr) => ({ listener: cassetteRouter(vcr), path: '' }),
  'an Express app': (vcr) => ({ listener: express().use('/openai', cassetteRouter(vcr)), path: '/openai' }),
}

test.each(Object.keys(ROUTERS))(
  '%s without the listener refuses a WebSocket, says what is missing, and neither sends nor records it',
  async (name) => {
    const upstream = await socketUpstream(counting)
    const vcr = await opened({ mode: 'record', dir: await tempDir(), upstream: upstream.url })
    const router = ROUTERS[name]?.(vcr)
    const warned = vi.spyOn(process, 'emitWarning').mockReturnValue()
    onTestFinished(() => warned.mockRestore())
    const { url } = await listening(createServer(router?.listener))
    const refused = await talkTo(`${url}${router?.path}${REALTIME}&api-key=secret-0123456789`).catch(String)
    const add =
      name === 'a bare server' ? 'cassetteUpgrade(vcr)' : "cassetteUpgrade(vcr, { path: '/openai' })"
    expect(String(refused).replaceAll('&#39;', "'")).toContain(`add server.on('upgrade', ${add})`)
    expect(refused).toMatch(/^Error: 500 /)
    const [[said]] = warned.mock.calls as unknown as [[string]]
    expect(said).toContain(add)
    expect(said).toMatch(new RegExp(`: ${router?.path}/v1/realtime$`))
    expect(await vcr.close()).toMatchObject({ added: 0 })
    expect([vcr.journal, upstream.asked]).toEqual([[], []])
  },
)

test('an upgrade that is not under the path is left for other listeners, one for each cassette', async () => {
  const dir = await conversed()
  const server = createServer()
  const [one, two] = [await opened({ dir, repeat: 'last' }), await opened({ dir, repeat: 'last' })]
  server.on('upgrade', cassetteUpgrade(one, { path: '/one' }))
  server.on('upgrade', cassetteUpgrade(two, { path: '/Two/' }))
  const others = new WebSocketServer({ noServer: true })
  server.on('upgrade', (req, socket, head) => {
    if (/^\/(?:one|two)(?:[/?]|$)/i.test(req.url ?? '')) return
    others.handleUpgrade(req, socket, head, (client) => client.send(`none of ours: ${req.url}`))
  })
  const { url } = await listening(server)
  for (const at of ['/one', '/ONE', '/two', '/Two']) {
    const talk = await talkTo(url + at + REALTIME)
    talk.say('1')
    expect(await talk.hear(1), at).toEqual(['1/0'])
    await talk.close()
  }
  for (const at of ['/', '/v1/realtime', '/onesided', '/on']) {
    const talk = await talkTo(url + at)
    expect(await talk.hear(1)).toEqual([`none of ours: ${at}`])
    await talk.close()
  }
  expect([one, two].map((vcr) => vcr.journal.map(({ outcome }) => outcome))).toEqual([
    ['hit', 'hit'],
    ['hit', 'hit'],
  ])
  // Under the path and not recorded: nobody else's.
  await expect(talkTo(`${url}/one`).catch(String)).resolves.toMatch(/^Error: 404 .*replay_miss/s)
  await expect(talkTo(`${url}/one?x=1`).catch(String)).resolves.toMatch(/^Error: 404 .*replay_miss/s)
})

test('the path and the query reach the cassette as they were sent, relative to the path', async () => {
  const upstream = await socketUpstream((client, req) => client.send(req.url ?? ''))
  const vcr = await opened({ mode: 'live', dir: await tempDir(), upstream: upstream.url })
  const { url } = await listening(createServer().on('upgrade', cassetteUpgrade(vcr, { path: '/openai' })))
  for (const [target, asked] of [
    ['//v1/%7Ea?b=%20c&d', '//v1/%7Ea?b=%20c&d'],
    ['?model=m', '/?model=m'],
    ['', '/'],
  ] as const) {
    const talk = await talkTo(`${url}/openai${target}`)
    expect(await talk.hear(1)).toEqual([asked])
    await talk.close()
  }
})

test('a WebSocket that is open when the cassette is closed is closed too, and one that comes later is told', async () => {
  const vcr = await opened({ dir: await conversed() })
  const { url } = await listening(createServer().on('upgrade', cassetteUpgrade(vcr)))
  const talk = await talkTo(url + REALTIME)
  await vcr.close()
  expect(await talk.closed).toMatchObject({ code: 1001 })
  await expect(talkTo(url + REALTIME).catch(String)).resolves.toMatch(
    /^Error: 500 .*cassette 'talk' is closed/,
  )
})

test('the error for an upgrade other than WebSocket explains how to get a plain response', async () => {
  const vcr = await opened({ dir: await tempDir() })
  const { url } = await listening(createServer().on('upgrade', cassetteUpgrade(vcr)))
  const headers = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c' }
  const [response] = (await once(http.get(url, { headers }), 'response')) as [http.IncomingMessage]
  expect(response.statusCode).toBe(500)
  const said = Buffer.concat(await response.toArray()).toString()
  expect(said).toContain("cannot upgrade to 'h2c': only WebSockets are supported")
  expect(said).toContain('shouldUpgradeCallback')
})

test('an option that is wrong is refused', async () => {
  const vcr = await opened({ dir: await tempDir() })
  const wrong: readonly [unknown, string][] = [
    [
      { path: 'openai' },
      "option `path`: expected a path from the server's root, such as '/openai', found 'openai'",
    ],
    [{ path: '/openai?x' }, "such as '/openai', found '/openai?x'"],
    [{ path: /openai/ }, "such as '/openai', found a RegExp"],
    [{ pat: '/openai' }, 'unknown option `pat`; did you mean `path`?'],
    [null, "options: expected an object, such as { path: '/openai' }, found null"],
  ]
  for (const [options, message] of wrong)
    expect(() => cassetteUpgrade(vcr, options as UpgradeOptions)).toThrow(message)
})

test('clients that vanish while they are answered do no harm, here and at the server', async () => {
  const dir = await conversed()
  const vcr = await opened({ dir, repeat: 'last' })
  const own = await listening(createServer().on('upgrade', cassetteUpgrade(vcr)))
  await copyFile(path.join(dir, 'talk.yaml'), path.join(dir, 'other.yaml'))
  const server = await serve({ dir, repeat: 'last' })
  // This one it has to open first.
  await Promise.all(vanishing(server.url, `/c/other${REALTIME}`, 'websocket'))
  for (const url of [own.url, server.url]) {
    await Promise.all(
      [REALTIME, '/v1/other', '/_vcr/health'].flatMap((at) => [
        ...vanishing(url, at, 'websocket'),
        ...vanishing(url, at, 'h2c'),
      ]),
    )
    const talk = await talkTo(url + REALTIME)
    talk.say('1')
    expect(await talk.hear(1)).toEqual(['1/0'])
    await talk.close()
  }
  await server.close()
})

test('a handshake whose refusal breaks off breaks off for the client too, and is not kept', async () => {
  const upstream = await rawUpstream((socket) =>
    socket.end('HTTP/1.1 401 No\r\ncontent-length: 100\r\n\r\n{"error":'),
  )
  const options = { mode: 'record', upstream } as const
  const vcr = await opened({ dir: await tempDir(), ...options })
  const own = await listening(createServer().on('upgrade', cassetteUpgrade(vcr)))
  const server = await serve({ dir: await tempDir(), ...options })
  for (const { url } of [own, server])
    await expect(talkTo(url + REALTIME).catch(String)).resolves.toBe('Error: socket hang up')
  await vcr.close()
  for (const { journal } of [vcr, await server.close()])
    expect(journal).toMatchObject([{ status: 401, outcome: 'dropped' }])
})

async function opened(options: CassetteOptions): Promise<Vcr> {
  const vcr = await openCassette('talk', options)
  onTestFinished(async () => void (await vcr.close()))
  return vcr
}

async function listening(server: Server): Promise<{ url: string }> {
  onTestFinished(() => void server.close())
  return { url: await listenHere(server) }
}

/** A cassette with one conversation: `1`, and its answer. */
async function conversed(): Promise<string> {
  const [dir, upstream] = [await tempDir(), await socketUpstream(counting)]
  await recorded({ dir, upstream: upstream.url }, async (talk) => {
    talk.say('1')
    await talk.hear(1)
  })
  upstream.close()
  return dir
}

/** Ten handshakes whose clients reset the connection as soon as they are sent. */
function vanishing(url: string, at: string, protocol: string): Promise<void>[] {
  const { port, host } = new URL(url)
  const lines = [
    `GET ${at} HTTP/1.1`,
    `host: ${host}`,
    'connection: upgrade',
    `upgrade: ${protocol}`,
    'sec-websocket-version: 13',
    'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
  ]
  return Array.from({ length: 10 }, async () => {
    const client = net.connect(Number(port), '127.0.0.1')
    client.on('error', () => {})
    client.write(`${lines.join('\r\n')}\r\n\r\n`, () => client.resetAndDestroy())
    await once(client, 'close')
  })
}
