import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Arrival } from '../../engine/arrival.ts'
import { ConnectionError, UsageError } from '../../messages/errors.ts'
import type { Headers, HttpResponse, IncomingRequest } from '../../http/message.ts'
import { LARGE } from '../../http/large.ts'
import { joinBytes } from '../../http/sse.ts'
import { resetConnection } from './reset-connection.ts'

/** Whatever answers requests: a session, or a cassette that a user opened. */
export type Exchange = (
  request: IncomingRequest,
  arrival: Arrival,
  signal?: AbortSignal,
) => Promise<HttpResponse>

export interface Incoming {
  readonly arrival: Arrival
  readonly req: IncomingMessage
  readonly res: ServerResponse
  /** Path and query as the upstream knows them. */
  readonly target: string
}

/** Answers one request of a node:http server. */
export async function answer(exchange: Exchange, { arrival, req, res, target }: Incoming): Promise<void> {
  const gone = new AbortController()
  res.once('close', () => {
    if (!res.writableFinished) gone.abort()
  })
  const body = await readBody(req)
  if (body === undefined) return
  const request = { method: req.method ?? 'GET', target, headers: headersOf(req), body }
  try {
    await write(await exchange(request, arrival, gone.signal).finally(() => passOver(req)), req, res)
  } catch (error) {
    // It left while its body was on the way: nobody is there to be told.
    if (req.destroyed && !req.readableEnded) return
    if (!(error instanceof ConnectionError)) throw error
    // The client sees the difference: a connection that is closed, or one that is reset.
    if (error.code === 'ECONNRESET') resetConnection(res.socket)
    else res.destroy()
  }
}

/**
 * Undefined when the client went away before it had sent everything. By events, as an async iterator costs
 * much more; a large body goes on as one.
 */
function readBody(req: IncomingMessage): Promise<IncomingRequest['body'] | undefined> {
  return new Promise((resolve, reject) => {
    const packets: Uint8Array[] = []
    let size = 0
    const whole = (): void => resolve(packets.length === 1 ? packets[0] : joinBytes(packets))
    if (req.readableEnded && declaresBody(req)) {
      const message =
        "the request's body was read before openai-vcr could: let no body parser stand before cassetteRouter"
      return reject(new UsageError(message))
    }
    if (req.readableEnded) return whole()
    if (req.destroyed) return resolve(undefined)
    const hear = (packet: Uint8Array): void => {
      packets.push(packet)
      size += packet.length
      if (size <= LARGE) return
      req.off('data', hear).pause()
      resolve(continued(packets, req))
    }
    req.on('data', hear)
    req.once('end', whole)
    req.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' ? resolve(undefined) : reject(error),
    )
    req.once('close', () => resolve(undefined))
  })
}

async function* continued(packets: Uint8Array[], req: IncomingMessage): AsyncGenerator<Uint8Array> {
  while (packets.length > 0) yield packets.shift() as Uint8Array
  // Whoever stops reading may have something to tell the client, over the same connection.
  yield* req.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>
}

/** What nobody wanted to read: some clients send all before they listen, and their next request is behind it. */
function passOver(req: IncomingMessage): void {
  if (!req.readableEnded) req.resume()
}

function declaresBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

/** As they came, their names in lower case. */
export function headersOf(req: IncomingMessage): Headers {
  const headers: [string, string][] = []
  for (let i = 0; i + 1 < req.rawHeaders.length; i += 2) {
    headers.push([(req.rawHeaders[i] as string).toLowerCase(), req.rawHeaders[i + 1] as string])
  }
  return headers
}

/** Sends an answer, its pieces as they come. */
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

/** Names and values in turn. `Array.flat` takes several times as long. */
function flat(headers: Headers): string[] {
  const lines: string[] = []
  for (const [name, value] of headers) lines.push(name, value)
  return lines
}

const joined = new WeakMap<readonly Uint8Array[], Uint8Array>()

/** Pieces that are ready at once leave in one write: to write each by itself takes Node ten times as long. */
function writeAll(pieces: readonly Uint8Array[], res: ServerResponse): void {
  const bytes = joined.get(pieces) ?? joinBytes(pieces)
  joined.set(pieces, bytes)
  res.end(bytes)
}

const NOTHING = new Uint8Array(0)

async function stream(body: AsyncIterable<Uint8Array>, res: ServerResponse): Promise<void> {
  const iterator = body[Symbol.asyncIterator]()
  const leave = (): void => void iterator.return?.()
  // One that left while its answer was on the way will not be heard of again.
  if (res.destroyed) return leave()
  res.once('close', leave)
  // Sends the head now. `flushHeaders` would write it as UTF-8, and a header's bytes are Latin-1.
  res.write(NOTHING)
  try {
    for (;;) {
      const next = await iterator.next()
      if (next.done || res.destroyed) break
      if (!res.write(next.value) && !res.destroyed) await drained(res)
    }
    res.end()
  } catch {
    // What the client of the real API would see: what came, and then a connection that breaks. The journal has the reason.
    await flushed(res)
    res.destroy()
  } finally {
    res.off('close', leave)
  }
}

function flushed(res: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    res.once('close', resolve)
    res.write(NOTHING, () => resolve())
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
