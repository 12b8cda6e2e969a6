import { METHODS } from 'node:http'
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import nock from 'nock'
import { UsageError } from '../../messages/errors.ts'
import { iteratorOf } from '../../http/body.ts'
import { headerValue, type IncomingRequest, type HttpResponse, withoutHeaders } from '../../http/message.ts'
import type { Answerer, OpenCassette } from '../../engine/exchange/answerer.ts'
import { type Caller, clientOf } from '../../engine/exchange/exchange.ts'
import { answererOf } from '../answerer-of.ts'
import { isOwnTraffic } from '../own-traffic.ts'
import { fromWebRequest } from '../fetch/web.ts'
import { closeHandles } from './engine-patches/closed-connections.ts'
import { errorResponse } from '../error-response.ts'
import { type HostOptions, hostsOf } from './hosts.ts'
import { keepMockedSessionsOut } from './engine-patches/mocked-sessions.ts'
import { isWebSocket, refuseWebSocket } from './web-sockets.ts'

export type NockOptions = HostOptions

interface Layer {
  readonly answerer: Answerer
  readonly hosts: ReadonlySet<string>
}

/** The active cassettes, the latest last. */
const layers: Layer[] = []

/** Ends what all layers share. nock runs on MSW's engine, and leaves the same handles open. */
let unlisten: (() => void) | undefined

/**
 * Answers this process's requests to OpenAI from a cassette through nock interceptors,
 * whichever client makes them: fetch, node:http, axios, undici. They stand beside yours; as
 * always with nock, the matching interceptor that was declared first answers. If several
 * cassettes play for one host, the latest answers until it stops.
 * @example
 * await using vcr = await openCassette('weather')
 * await using _ = await playWithNock(vcr)
 * @throws UsageError when nock is off
 */
export async function playWithNock(
  vcr: OpenCassette,
  options: NockOptions = {},
): Promise<AsyncDisposable & { stop(): Promise<void> }> {
  if (!nock.isActive()) {
    throw new UsageError(
      'nock is off: nock.restore() was called, or NOCK_OFF is set. Call nock.activate() before playWithNock(vcr)',
    )
  }
  keepMockedSessionsOut()
  const layer = { answerer: answererOf(vcr), hosts: hostsOf(vcr, options) }
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

/** nock tries its interceptors one by one, so the most common methods come first. */
const COMMON = ['POST', 'GET', 'DELETE', 'PUT', 'PATCH', 'HEAD']
const ALL_METHODS = [...COMMON, ...METHODS.filter((method) => !COMMON.includes(method))]

function declare(host: string, layer: Layer): nock.Interceptor[] {
  const isPlayed = (): boolean => !isOwnTraffic() && layers.findLast(({ hosts }) => hosts.has(host)) === layer
  return ['https', 'http'].flatMap((scheme) => {
    const base = `${scheme}://${host}`
    const sockets =
      layer.answerer.mode === 'live' ? [webSockets(nock(base, { conditionally: isPlayed }))] : []
    const played = everyMethod(nock(base, { conditionally: isPlayed }))
    for (const each of played) each.reply((request: Request) => reply(layer.answerer, request))
    if (layer.answerer.mode === 'replay') return played
    // These pass even under `disableNetConnect()`: recording needs the upstream.
    const passed = everyMethod(nock(base, { conditionally: isOwnTraffic }))
    for (const each of passed) each.passthrough()
    return [...sockets, ...played, ...passed]
  })
}

/** nock has no wildcard for methods. Optional, so that the user's `nock.isDone()` does not wait for them. */
function everyMethod(scope: nock.Scope): nock.Interceptor[] {
  return ALL_METHODS.map((method) => scope.persist().intercept(/.*/, method).optionally())
}

/** In the mode live, WebSockets go to the real API. */
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

async function reply(answerer: Answerer, request: Request): Promise<Reply> {
  if (isWebSocket(request)) {
    const { status, headers, body } = refuseWebSocket(request)
    return [status, Readable.fromWeb(body as ReadableStream), [...headers].flat()]
  }
  const arrival = answerer.arrive()
  const incoming = await read(request, answerer.upstream)
  const answer = await answerOrError(answerer, incoming, { arrival, client: clientOf(request.signal) })
  const { status } = answer
  // No connection is kept alive: under fake timers undici could never reuse it.
  const headers = [...answer.headers.flat(), 'connection', 'close']
  if (request.method === 'HEAD' || status === 204 || status === 304) return [status, undefined, headers]
  // Without this header, clients take a stream that breaks for one that ended.
  headers.push('transfer-encoding', 'chunked')
  return [status, stream(answer.body, request.signal), headers]
}

async function answerOrError(
  answerer: Answerer,
  incoming: IncomingRequest,
  caller: Caller,
): Promise<HttpResponse> {
  try {
    return await answerer.handle(incoming, caller)
  } catch (error) {
    return errorResponse(error)
  }
}

/** nock decodes a request's body in these codings, but leaves its `content-encoding` header. */
const DECODED_BY_NOCK: readonly (string | undefined)[] = ['gzip', 'deflate', 'br']
const CONTENT_ENCODING: ReadonlySet<string> = new Set(['content-encoding'])

async function read(request: Request, base: string | undefined): Promise<IncomingRequest> {
  const incoming = await fromWebRequest(request, base)
  const coding = headerValue(incoming.headers, 'content-encoding')?.toLowerCase()
  const headers = DECODED_BY_NOCK.includes(coding)
    ? withoutHeaders(incoming.headers, CONTENT_ENCODING)
    : incoming.headers
  return { ...incoming, headers }
}

const EMPTY = new Uint8Array(0)

/** Not a generator: that could not be ended while it waits for the next piece, when the client leaves. */
function stream(body: HttpResponse['body'], signal: AbortSignal): Readable {
  const iterator = iteratorOf(body)
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
  // An empty write sends the head, which would otherwise wait for the first piece.
  readable.push(EMPTY)
  const leave = (): void => void readable.destroy()
  if (signal.aborted) leave()
  signal.addEventListener('abort', leave, { once: true })
  readable.once('close', () => signal.removeEventListener('abort', leave))
  return readable
}
