import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { Interceptor } from '@mswjs/interceptors'
import { HttpRequestInterceptor } from '@mswjs/interceptors/http'
import { SocketInterceptor } from '@mswjs/interceptors/net'
import * as msw from 'msw'
import * as msw2 from 'msw2'
import { Agent, request as undiciRequest } from 'undici'
import { expect, onTestFinished, vi } from 'vitest'
import { bypassInterceptors } from '../../src/adapters/intercept/engine-patches/bypass-interceptors.ts'
import { closeHandles } from '../../src/adapters/intercept/engine-patches/closed-connections.ts'
import {
  type Connection,
  followConnections,
  holdIdleConnections,
} from '../../src/adapters/intercept/engine-patches/connections.ts'
import {
  addFirstListener,
  type RequestEvent,
} from '../../src/adapters/intercept/engine-patches/first-listener.ts'
import { keepMockedSessionsOut } from '../../src/adapters/intercept/engine-patches/mocked-sessions.ts'
import { breakOlderConnections } from '../../src/adapters/intercept/engine-patches/older-connections.ts'
import { flushHead, withCancellableTee } from '../../src/adapters/intercept/engine-patches/response-bodies.ts'
import { selfSigned } from '../support/certificate.ts'
import { listenHere } from '../support/listen.ts'
import { localUpstream, readAll } from '../support/upstream.ts'
import { probe } from './probe.ts'

const ENGINE = '@mswjs/interceptors'
const PATCHES = 'src/adapters/intercept/engine-patches'
const HOST = 'api.example.test'

/** The engine, listening until the test ends. */
function listening(listener: (event: RequestEvent) => void = () => {}): void {
  const interceptor = new HttpRequestInterceptor()
  interceptor.apply()
  interceptor.on('request', (event) => listener(event))
  onTestFinished(() => interceptor.dispose())
}

const answering = (response: () => Response) => (event: RequestEvent) =>
  event.controller.respondWith(response())

function get(client: typeof http | typeof https, url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = client.get(url, { agent: false }, (res) =>
      readAll(res).then((bytes) => resolve(bytes.toString()), reject),
    )
    request.on('error', reject)
  })
}

/** The TLS sessions that a client is given for its next connection. */
async function sessionsAt(url: string): Promise<readonly string[]> {
  const seen: string[] = []
  const ended = Promise.withResolvers<void>()
  const request = https.get(url, { agent: false, rejectUnauthorized: false }, (res) => res.resume())
  request.on('socket', (socket) => socket.on('session', (session) => seen.push(String(session))))
  request.on('close', ended.resolve).on('error', ended.reject)
  await ended.promise
  return seen
}

// The first in this file: what it patches stays patched.
probe(
  {
    of: ENGINE,
    what: 'the session "mocked session" of a mocked TLS connection',
    usedIn: `${PATCHES}/mocked-sessions.ts`,
  },
  async () => {
    const server = https.createServer(selfSigned(), (_req, res) => void res.end('real'))
    const real = await listenHere(server)
    onTestFinished(() => void server.close())
    listening(({ request, controller }) => {
      if (request.url.includes(HOST)) controller.respondWith(new Response('ok'))
    })
    const [before] = await sessionsAt(`https://${HOST}/`)
    expect(before, 'without the patch').toMatch(/mocked session$/)
    keepMockedSessionsOut()
    expect(await sessionsAt(`https://${HOST}/`), 'with the patch').toEqual([])
    expect(await sessionsAt(real.replace('http:', 'https:')), 'of a real connection').not.toEqual([])
  },
)

probe(
  {
    of: ENGINE,
    what: 'the symbol kRawSocket of a connection’s controller',
    usedIn: `${PATCHES}/closed-connections.ts`,
  },
  async () => {
    listening(answering(() => new Response('ok', { headers: { connection: 'close' } })))
    onTestFinished(closeHandles())
    const socket = await new Promise<net.Socket>((resolve, reject) => {
      const request = http.get(`http://${HOST}/`, { agent: false }, (res) => res.resume())
      request.on('socket', (each) => each.on('close', () => resolve(each))).on('error', reject)
    })
    await turn()
    expect((socket as { _handle?: unknown })._handle, 'of the closed connection').toBeNull()
  },
)

probe(
  {
    of: ENGINE,
    what: 'the emitter’s hook beforeEmit',
    usedIn: `${PATCHES}/connections.ts`,
  },
  async () => {
    listening(answering(() => new Response('ok')))
    const called: string[] = []
    const stopped = new AbortController()
    Interceptor.singleton(SocketInterceptor).on('connection', () => void called.push('listener'), stopped)
    onTestFinished(() => stopped.abort())
    onTestFinished(
      followConnections(({ socket, connectionOptions: { host } }) => {
        called.push(`hook: ${socket instanceof net.Socket} ${host}`)
      }),
    )
    await get(http, `http://${HOST}/`)
    expect(called).toEqual([`hook: true ${HOST}`, 'listener'])
  },
)

probe(
  {
    of: ENGINE,
    what: 'the call of controller.passthrough() for an idle connection',
    usedIn: `${PATCHES}/connections.ts`,
  },
  async () => {
    listening()
    let arrived = 0
    const server = net.createServer((socket) => {
      arrived++
      socket.destroy()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const { port } = server.address() as net.AddressInfo
    const idle = (): net.Socket => {
      const socket = net.connect(port, '127.0.0.1').on('error', () => {})
      onTestFinished(() => void socket.destroy())
      return socket.on('data', () => {})
    }
    idle()
    await vi.waitFor(() => expect(arrived, 'without the patch').toBe(1))
    onTestFinished(holdIdleConnections((host) => host === `127.0.0.1:${port}`))
    idle()
    for (let n = 0; n < 20; n++) await turn()
    expect(arrived, 'with the patch').toBe(1)
  },
)

probe(
  {
    of: ENGINE,
    what: 'a claimed connection that stays open when its request is settled by errorWith()',
    usedIn: 'src/adapters/intercept/played-handshake.ts',
  },
  async () => {
    const connections: Connection[] = []
    onTestFinished(followConnections((each) => void connections.push(each)))
    listening(({ controller }) => {
      connections[0]?.controller.claim()
      controller.errorWith()
      connections[0]?.socket.end('HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nraw')
    })
    expect(await get(http, `http://${HOST}/`)).toBe('raw')
  },
)

probe(
  {
    of: ENGINE,
    what: 'earlyOn of the source "node-http-request-source" in __MSW_INTERCEPTORS_REGISTRY',
    usedIn: `${PATCHES}/first-listener.ts`,
  },
  async () => {
    const heard: string[] = []
    listening(() => heard.push('the one before'))
    const remove = addFirstListener(async (event) => {
      heard.push('first')
      event.stopImmediatePropagation()
      event.controller.respondWith(new Response('ok'))
    })
    const registry = (globalThis as { __MSW_INTERCEPTORS_REGISTRY?: Map<symbol, { readyState: unknown }> })
      .__MSW_INTERCEPTORS_REGISTRY
    const state = registry?.get(Symbol.for('node-http-request-source'))?.readyState
    expect(await get(http, `http://${HOST}/`)).toBe('ok')
    remove()
    expect(heard).toEqual(['first'])
    expect(state, 'readyState, by which another copy is known').toBe('ACTIVE')
  },
)

probe(
  {
    of: ENGINE,
    what: 'the symbol kPatched of an intercepted socket',
    usedIn: `${PATCHES}/older-connections.ts`,
  },
  async () => {
    const real = await localUpstream((_req, res) => void res.end('real'))
    const dispatcher = new Agent({ connections: 1 })
    onTestFinished(() => dispatcher.close())
    const ask = async (): Promise<string> => (await undiciRequest(real.url, { dispatcher })).body.text()
    await ask()
    listening()
    onTestFinished(breakOlderConnections(() => true))
    await expect(ask(), 'on the older connection').rejects.toThrow(
      'was opened before openai-vcr intercepted requests',
    )
    expect(await ask(), 'on a new one').toBe('real')
    expect(await ask(), 'on the same once more').toBe('real')
  },
)

probe(
  {
    of: ENGINE,
    what: '__MSW_INTERNAL_CONNECTION_CONTEXT',
    usedIn: `${PATCHES}/bypass-interceptors.ts`,
  },
  async () => {
    const real = await localUpstream((_req, res) => void res.setHeader('connection', 'close').end('real'))
    listening(answering(() => new Response('intercepted')))
    expect(await get(http, real.url)).toBe('intercepted')
    expect(await bypassInterceptors(() => get(http, real.url))).toBe('real')
  },
)

probe(
  {
    of: ENGINE,
    what: 'the head of a response that is written with an empty first piece',
    usedIn: `${PATCHES}/response-bodies.ts`,
  },
  async () => {
    const endless = (): Response =>
      flushHead(new Response(new ReadableStream({ pull: () => new Promise(() => {}) })))
    listening(answering(endless))
    const status = await new Promise((resolve, reject) => {
      const request = http.get(`http://${HOST}/`, { agent: false }, (res) => resolve(res.statusCode))
      request.on('error', reject)
      onTestFinished(() => void request.destroy())
    })
    expect(status).toBe(200)
  },
)

probe(
  {
    of: 'node',
    what: 'the call of a stream’s own tee() by Response.clone()',
    usedIn: `${PATCHES}/response-bodies.ts`,
  },
  async () => {
    let isCancelled = false
    const body = new ReadableStream({ cancel: () => void (isCancelled = true) })
    const response = withCancellableTee(new Response(body))
    const copy = response.clone()
    await response.body?.cancel()
    expect(isCancelled, 'cancelled while the copy is unread').toBe(true)
    expect(copy.bodyUsed).toBe(false)
  },
)

probe(
  { of: 'msw', what: 'SetupApi, which MSW 2 has and MSW 3 has not', usedIn: 'src/adapters/intercept/msw.ts' },
  () => {
    expect(['SetupApi' in msw, 'SetupApi' in msw2]).toEqual([false, true])
  },
)
