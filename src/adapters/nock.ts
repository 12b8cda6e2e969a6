import { METHODS } from 'node:http'
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import nock from 'nock'
import { UsageError } from '../messages/errors.ts'
import { headerValue, type IncomingRequest, type HttpResponse, withoutHeaders } from '../http/message.ts'
import { isAsking } from './own-traffic.ts'
import type { Vcr } from '../vcr/vcr.ts'
import { fromWebRequest } from './fetch/web.ts'
import { closeHandles } from './intercept/engine-patches/closed-connections.ts'
import { errorResponse } from './error-response.ts'
import { type HostOptions, hostsOf } from './intercept/hosts.ts'
import { keepMockedSessionsOut } from './intercept/engine-patches/mocked-sessions.ts'
import { isWebSocket, refuseWebSocket } from './intercept/web-sockets.ts'

export type NockOptions = HostOptions

interface Layer {
  readonly vcr: Vcr
  readonly hosts: ReadonlySet<string>
}

/** What plays, the latest last. */
const layers: Layer[] = []

/** Ends what all of them share. nock runs on MSW's engine, and leaves open what that does. */
let unlisten: (() => void) | undefined

/**
 * Answers this process's requests to OpenAI from a cassette, through interceptors of
 * nock's, whichever client makes them: fetch, node:http, axios, undici. They stand beside
 * yours; as ever with nock, of two that match the one declared first answers. Of several
 * cassettes that play for one host, the latest answers until it stops.
 * @example
 * await using vcr = await openCassette('weather')
 * await using _ = await playWithNock(vcr)
 * @throws UsageError when nock is off
 */
export async function playWithNock(
  vcr: Vcr,
  options: NockOptions = {},
): Promise<AsyncDisposable & { stop(): Promise<void> }> {
  if (!nock.isActive()) {
    throw new UsageError(
      'nock is off: nock.restore() was called, or NOCK_OFF is set. Call nock.activate() before playWithNock(vcr)',
    )
  }
  keepMockedSessionsOut()
  const layer = { vcr, hosts: hostsOf(vcr, options) }
  unlisten ??= closeHandles()
  layers.push(layer)
  const declared = [...layer.hosts].flatMap((host) => declare(host, layer))
  const stop = async (): Promise<void> => {
    if (layers.includes(layer)) layers.splice(layers.indexOf(layer), 1)
    for (const interceptor of declared.splice(0)) nock.removeInterceptor(interceptor)
    if (layers.length > 0) return
    unlisten?.()
    unlisten = undefined
  }
  return { stop, [Symbol.asyncDispose]: stop }
}

/** nock tries its interceptors one by one: those for what is asked most come first. */
const COMMON = ['POST', 'GET', 'DELETE', 'PUT', 'PATCH', 'HEAD']
const ALL_METHODS = [...COMMON, ...METHODS.filter((method) => !COMMON.includes(method))]

function declare(host: string, layer: Layer): nock.Interceptor[] {
  const isPlayed = (): boolean => !isAsking() && layers.findLast(({ hosts }) => hosts.has(host)) === layer
  return ['https', 'http'].flatMap((scheme) => {
    const base = `${scheme}://${host}`
    const sockets = layer.vcr.mode === 'live' ? [webSockets(nock(base, { conditionally: isPlayed }))] : []
    const played = everyMethod(nock(base, { conditionally: isPlayed }))
    for (const each of played) each.reply((request: Request) => reply(layer.vcr, request))
    if (layer.vcr.mode === 'replay') return played
    // They pass under `disableNetConnect()` too: who records wants the upstream asked.
    const passed = everyMethod(nock(base, { conditionally: isAsking }))
    for (const each of passed) each.passthrough()
    return [...sockets, ...played, ...passed]
  })
}

/** nock knows no wildcard for methods. Optional, so that `nock.isDone()` of the user's does not wait for them. */
function everyMethod(scope: nock.Scope): nock.Interceptor[] {
  return ALL_METHODS.map((method) => scope.persist().intercept(/.*/, method).optionally())
}

/** In the mode live they are the real API's. */
function webSockets(scope: nock.Scope): nock.Interceptor {
  const interceptor = scope
    .persist()
    .intercept(/.*/, 'GET')
    .matchHeader('upgrade', /^websocket$/i)
    .optionally()
  interceptor.passthrough()
  return interceptor
}

type Reply = [status: number, body: Readable | undefined, headers: string[]]

async function reply(vcr: Vcr, request: Request): Promise<Reply> {
  if (isWebSocket(request)) {
    const { status, headers, body } = refuseWebSocket(request)
    return [status, Readable.fromWeb(body as ReadableStream), [...headers].flat()]
  }
  const arrival = vcr.arrive()
  const asked = await read(request, vcr.upstream)
  const answer = await vcr.exchange(asked, arrival, request.signal).catch(errorResponse)
  const { status } = answer
  // No connection outlives its answer: under fake timers undici never gets to use one again.
  const headers = [...answer.headers.flat(), 'connection', 'close']
  if (request.method === 'HEAD' || status === 204 || status === 304) return [status, undefined, headers]
  // Without this header a stream that breaks looks to the client like one that ended.
  headers.push('transfer-encoding', 'chunked')
  return [status, stream(answer.body, request.signal), headers]
}

/** nock undoes these codings of a request's body, and leaves the header that tells of them. */
const UNDONE: readonly (string | undefined)[] = ['gzip', 'deflate', 'br']
const CODING: ReadonlySet<string> = new Set(['content-encoding'])

async function read(request: Request, base: string | undefined): Promise<IncomingRequest> {
  const asked = await fromWebRequest(request, base)
  const isUndone = UNDONE.includes(headerValue(asked.headers, 'content-encoding')?.toLowerCase())
  const headers = isUndone ? withoutHeaders(asked.headers, CODING) : asked.headers
  return { ...asked, headers }
}

const NOTHING = new Uint8Array(0)

/** A generator would be deaf to a client that leaves while the next piece is not due; this is not. */
function stream(body: HttpResponse['body'], signal: AbortSignal): Readable {
  const pieces = ArrayBuffer.isView(body) ? [body] : body
  const iterator = Symbol.asyncIterator in pieces ? pieces[Symbol.asyncIterator]() : pieces[Symbol.iterator]()
  const readable = new Readable({
    objectMode: true,
    highWaterMark: 1,
    read() {
      Promise.resolve(iterator.next()).then(
        ({ done, value }) => this.push(done ? null : value),
        (error: Error) => this.destroy(error),
      )
    },
    destroy(error, done) {
      Promise.resolve(iterator.return?.()).then(() => done(error), done)
    },
  })
  // A write of nothing sends the head, which would wait for the first piece.
  readable.push(NOTHING)
  const leave = (): void => void readable.destroy()
  if (signal.aborted) leave()
  signal.addEventListener('abort', leave, { once: true })
  readable.once('close', () => signal.removeEventListener('abort', leave))
  return readable
}
