import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { Arrival } from '../../engine/arrival.ts'
import { ConnectionError, UsageError } from '../../messages/errors.ts'
import { headerPairs, type Headers, type HttpResponse, type IncomingRequest } from '../../http/message.ts'
import { LARGE } from '../../http/large.ts'
import { joinBytes, withRest } from '../../http/bytes.ts'

/** Answers requests: a session of the server, or an open cassette. */
export type HandleRequest = (
  request: IncomingRequest,
  arrival: Arrival,
  signal?: AbortSignal,
) => Promise<HttpResponse>

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

/** Answers one request of a node:http server. */
export async function answer(
  handle: HandleRequest,
  { arrival, req, res, target }: NodeExchange,
): Promise<void> {
  const gone = new AbortController()
  res.once('close', () => {
    if (!res.writableFinished) gone.abort()
  })
  const body = await readBody(req)
  if (body === undefined) return
  const request = { method: req.method ?? 'GET', target, headers: headerPairs(req.rawHeaders), body }
  try {
    await write(await handle(request, arrival, gone.signal).finally(() => discardBody(req)), req, res)
  } catch (error) {
    // The client left while it was sending its body: nobody would receive an answer.
    if (req.destroyed && !req.readableEnded) return
    if (!(error instanceof ConnectionError)) throw error
    // Clients can tell a connection that is closed from one that is reset.
    if (error.code === 'ECONNRESET') resetConnection(res.socket)
    else res.destroy()
  }
}

/** Resets a connection. Node can only close a TLS connection, which the client sees as broken all the same. */
export function resetConnection(socket: Socket | null): void {
  if (socket instanceof TLSSocket) socket.destroy()
  else socket?.resetAndDestroy()
}

/**
 * Reads the body; undefined when the client left before it had sent everything. It listens to events
 * because an async iterator costs much more. Only a large body is handed on as an iterator.
 */
function readBody(req: IncomingMessage): Promise<IncomingRequest['body'] | undefined> {
  return new Promise((resolve, reject) => {
    const packets: Uint8Array[] = []
    let size = 0
    const end = (): void => resolve(packets.length === 1 ? packets[0] : joinBytes(packets))
    if (req.readableEnded && declaresBody(req)) {
      const message =
        "the request's body was read before openai-vcr could: let no body parser stand before cassetteRouter"
      return reject(new UsageError(message))
    }
    if (req.readableEnded) return end()
    if (req.destroyed) return resolve(undefined)
    const onData = (packet: Uint8Array): void => {
      packets.push(packet)
      size += packet.length
      if (size <= LARGE) return
      req.off('data', onData).pause()
      // A reader that stops early still has an answer to send over the same connection.
      resolve(withRest(packets, req.iterator({ destroyOnReturn: false })))
    }
    req.on('data', onData)
    req.once('end', end)
    req.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' ? resolve(undefined) : reject(error),
    )
    req.once('close', () => resolve(undefined))
  })
}

/** Reads what is left of the body: some clients send all of it before they read, and the next request follows it. */
function discardBody(req: IncomingMessage): void {
  if (!req.readableEnded) req.resume()
}

function declaresBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

/** Sends a response, each piece of a stream as soon as it is there. */
export async function write(
  response: HttpResponse,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
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
    else if (Symbol.asyncIterator in body) await stream(body, res)
    else writeAll(body, res)
  }
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
