import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib'
import { type Headers, headerValue, type HttpRequest } from '../../http/message.ts'

const DECODERS: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  gzip: gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
  zstd: zstdDecompressSync,
}

/**
 * A request's body as its client wrote it, before it was compressed: two clients compress
 * alike only by chance, and no secret is found in compressed bytes. A body that cannot be
 * decoded is taken as it is.
 */
export function decodedBody({ headers, body }: HttpRequest): Uint8Array {
  const coding = codingOf(headers)
  if (coding === undefined || body.length === 0) return body
  try {
    return (DECODERS[coding] as (bytes: Uint8Array) => Uint8Array)(body)
  } catch {
    return body
  }
}

/** Whether its client compressed it, in a way that is known here. */
export function isCoded(headers: Headers): boolean {
  return codingOf(headers) !== undefined
}

function codingOf(headers: Headers): string | undefined {
  const coding = headerValue(headers, 'content-encoding')?.trim().toLowerCase()
  return coding !== undefined && Object.hasOwn(DECODERS, coding) ? coding : undefined
}
