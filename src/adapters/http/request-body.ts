import type { IncomingMessage } from 'node:http'
import { joinBytes, withRest } from '../../http/bytes.ts'
import { LARGE } from '../../http/large.ts'
import type { IncomingRequest } from '../../http/message.ts'
import { UsageError } from '../../messages/errors.ts'

/**
 * Reads the body; undefined when the client left before it had sent everything. It listens to events
 * because an async iterator costs much more. Only a large body is handed on as an iterator.
 */
export function readBody(
  req: IncomingMessage,
  fail: (error: unknown) => void,
  next: (body: IncomingRequest['body'] | undefined) => void,
): void {
  const packets: Uint8Array[] = []
  let size = 0
  let isSettled = false
  const settle = (body: IncomingRequest['body'] | undefined): void => {
    if (isSettled) return
    isSettled = true
    next(body)
  }
  const end = (): void => settle(packets.length === 1 ? packets[0] : joinBytes(packets))
  if (req.readableEnded && declaresBody(req)) {
    const message =
      "the request's body was read before openai-vcr could read it: do not put a body parser before cassetteRouter"
    return fail(new UsageError(message))
  }
  if (req.readableEnded) return end()
  if (req.destroyed) return settle(undefined)
  const onData = (packet: Uint8Array): void => {
    packets.push(packet)
    size += packet.length
    if (size <= LARGE) return
    req.off('data', onData).pause()
    // A reader that stops early still has an answer to send over the same connection.
    settle(withRest(packets, req.iterator({ destroyOnReturn: false })))
  }
  req.on('data', onData)
  req.once('end', end)
  req.once('error', (error: NodeJS.ErrnoException) => {
    if (isSettled) return
    if (error.code === 'ECONNRESET') return settle(undefined)
    isSettled = true
    fail(error)
  })
  req.once('close', () => settle(undefined))
}

/** Reads what is left of the body: some clients send all of it before they read, and the next request follows it. */
export function discardBody(req: IncomingMessage): void {
  if (!req.readableEnded) req.resume()
}

function declaresBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}
