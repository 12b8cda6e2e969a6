import type { ServerResponse } from 'node:http'
import { setImmediate } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { type LocalUpstream, localUpstream } from '../support/upstream.ts'
import type { Exchange } from './exchanges.ts'

/** The request header by which a client says which exchange it plays. Never recorded, never matched. */
export const EXCHANGE_HEADER = 'x-exchange'

/** Headers that belong to a connection. */
export const NOT_SENT = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'date',
  'keep-alive',
  'transfer-encoding',
])

/** Real exchanges as the upstream: JSON gzipped where asked for, streams cut at awkward places. */
export function origin(exchanges: readonly Exchange[], { gzip }: { gzip: boolean }): Promise<LocalUpstream> {
  return localUpstream(async (req, res) => {
    const exchange = exchanges[Number(req.headers[EXCHANGE_HEADER])] as Exchange
    req.resume()
    await new Promise((resolve) => req.on('end', resolve))
    const streams = exchange.headers.some(
      ([name, value]) => name === 'content-type' && value.includes('event-stream'),
    )
    const zips = gzip && !streams && exchange.body.length > 0
    const coding = zips ? ([['content-encoding', 'gzip']] as const) : []
    res.writeHead(
      exchange.status,
      [...exchange.headers.filter(([name]) => !NOT_SENT.has(name)), ...coding].flat(),
    )
    if (exchange.status === 204 || req.method === 'HEAD') res.end()
    else if (streams) await sendInPieces(exchange.body, res)
    else res.end(zips ? gzipSync(exchange.body) : exchange.body)
  })
}

async function sendInPieces(body: Buffer, res: ServerResponse): Promise<void> {
  let from = 0
  for (const [i, to] of cuts(body).entries()) {
    res.write(body.subarray(from, to))
    from = to
    // A packet of its own now and then; the rest arrive as the network joins them.
    if (i % 8 === 0) await setImmediate()
  }
  res.end(body.subarray(from))
}

/** Every hundred bytes or so, and in the middle of characters of several bytes. */
function cuts(body: Buffer): number[] {
  const places = new Set<number>()
  for (let at = 89; at < body.length; at += 97 + (at % 41)) places.add(at)
  for (let at = 1; at < body.length && places.size < 2000; at++)
    if (((body[at] as number) & 0xc0) === 0x80) places.add(at)
  return [...places].toSorted((a, b) => a - b)
}
