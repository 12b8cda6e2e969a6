import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { Arrival } from '../../engine/arrival.ts'
import type { AnswerOrLater, Caller, Client } from '../../engine/exchange/exchange.ts'
import { ConnectionError } from '../../messages/errors.ts'
import { headerPairs, type Headers, type HttpResponse, type IncomingRequest } from '../../http/message.ts'
import { joinBytes } from '../../http/bytes.ts'
import { discardBody, readBody } from './request-body.ts'

/** Answers requests: a session of the server, or an open cassette. */
export type HandleRequest = (request: IncomingRequest, caller: Caller) => AnswerOrLater<HttpResponse>

export interface NodeExchange {
  readonly arrival: Arrival
  readonly req: IncomingMessage
  readonly res: ServerResponse
  /** Path and query, relative to the upstream. */
  readonly target: string
}

/** A request's path and query. Clients that use the server as a proxy send a whole URL, whose host is dropped. */
export function requestTarget({ url = '/' }: Pick<IncomingMessage, 'url'>): string {
  const target = url.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, '')
  return target.startsWith('/') ? target : `/${target}`
}

/** Whether this is `OPTIONS *`, which asks about the server as a whole and is no request to an API. */
export function isOptionsStar({ method, url }: IncomingMessage): boolean {
  return method === 'OPTIONS' && url === '*'
}

/**
 * Answers one request of a node:http server. Synchronous from the last packet of the body on, where the
 * answer is.
 * @param done called once: when the answer is sent or the client has left, or with an error for which
 * there is no answer yet
 */
export function answer(
  handle: HandleRequest,
  { arrival, req, res, target }: NodeExchange,
  done: (error?: unknown) => void,
): void {
  const fail = (error: unknown): void => {
    // The client left while it was sending its body: nobody would receive an answer.
    if (req.destroyed && !req.readableEnded) return done()
    if (!(error instanceof ConnectionError)) return done(error)
    // Clients can tell a connection that is closed from one that is reset.
    if (error.code === 'ECONNRESET') resetConnection(res.socket)
    else res.destroy()
    done()
  }
  const send = (response: HttpResponse): void => {
    discardBody(req)
    const written = write(response, req, res)
    if (written instanceof Promise) written.then(() => done(), fail)
    else done()
  }
  readBody(req, fail, (body) => {
    if (body === undefined) return done()
    const request = { method: req.method ?? 'GET', target, headers: headerPairs(req.rawHeaders), body }
    try {
      const answered = handle(request, { arrival, client: new NodeClient(res) })
      if (!(answered instanceof Promise)) return send(answered)
      answered.then(send).catch((error: unknown) => {
        discardBody(req)
        fail(error)
      })
    } catch (error) {
      discardBody(req)
      fail(error)
    }
  })
}

/** The client of a response. It is gone when its connection closes before all is sent. */
class NodeClient implements Client {
  readonly #res: ServerResponse
  #gone: AbortController | undefined

  constructor(res: ServerResponse) {
    this.#res = res
  }

  get signal(): AbortSignal {
    this.#gone ??= this.#watch()
    return this.#gone.signal
  }

  #watch(): AbortController {
    const gone = new AbortController()
    const leave = (): void => {
      if (!this.#res.writableFinished) gone.abort()
    }
    if (this.#res.closed) leave()
    else this.#res.once('close', leave)
    return gone
  }
}

/** Resets a connection. Node can only close a TLS connection, which the client sees as broken all the same. */
export function resetConnection(socket: Socket | null): void {
  if (socket instanceof TLSSocket) socket.destroy()
  else socket?.resetAndDestroy()
}

/** Sends a response, each piece of a stream as soon as it is there. */
export function write(
  response: HttpResponse,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> | undefined {
  const { status, headers, body } = response
  const hasNoBody = req.method === 'HEAD' || status === 204 || status === 304
  if (ArrayBuffer.isView(body)) {
    const lines = flat(headers)
    if (!hasNoBody) lines.push('content-length', String(body.length))
    res.writeHead(status, lines)
    res.end(hasNoBody ? undefined : body)
  } else {
    res.writeHead(status, flat(headers))
    if (hasNoBody) res.end()
    else if (Symbol.asyncIterator in body) return stream(body, res)
    else writeAll(body, res)
  }
  return undefined
}

/** Names and values in turn, as `writeHead` takes them. `Array.flat` takes several times as long. */
function flat(headers: Headers): string[] {
  const lines: string[] = []
  for (const [name, value] of headers) lines.push(name, value)
  return lines
}

const joined = new WeakMap<readonly Uint8Array[], Uint8Array>()

/** Sends pieces that are ready at once in one write: one write for each takes Node ten times as long. */
function writeAll(pieces: readonly Uint8Array[], res: ServerResponse): void {
  const bytes = joined.get(pieces) ?? joinBytes(pieces)
  joined.set(pieces, bytes)
  res.end(bytes)
}

const EMPTY = new Uint8Array(0)

async function stream(body: AsyncIterable<Uint8Array>, res: ServerResponse): Promise<void> {
  const iterator = body[Symbol.asyncIterator]()
  const leave = (): void => void iterator.return?.()
  // A response that is closed already emits no further `close`.
  if (res.destroyed) return leave()
  res.once('close', leave)
  // Sends the head now. `flushHeaders` would write it as UTF-8, and a header's bytes are Latin-1.
  res.write(EMPTY)
  try {
    for (;;) {
      const next = await iterator.next()
      if (next.done || res.destroyed) break
      if (!res.write(next.value) && !res.destroyed) await drained(res)
    }
    res.end()
  } catch {
    // As with the real API, the client gets what came before the error, and then the connection breaks.
    // The journal has the reason.
    await flushed(res)
    res.destroy()
  } finally {
    res.off('close', leave)
  }
}

function flushed(res: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    res.once('close', resolve)
    res.write(EMPTY, () => resolve())
  })
}

function drained(res: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      res.off('drain', done)
      res.off('close', done)
      resolve()
    }
    res.once('drain', done)
    res.once('close', done)
  })
}
