import type { Transform } from 'node:stream'
import {
  brotliDecompressSync,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createZstdDecompress,
  gunzipSync,
  inflateSync,
  zstdDecompressSync,
} from 'node:zlib'
import { type Headers, headerValue, type HttpRequest } from '../../http/message.ts'

interface ContentCoding {
  readonly decode: (bytes: Uint8Array) => Uint8Array
  /** A streaming decoder that outputs as much as it can after every packet. */
  readonly createDecoder: () => Transform
}

/** The supported content codings, by their names in a Content-Encoding header. */
export const CONTENT_CODINGS: Readonly<Record<string, ContentCoding>> = {
  gzip: { decode: gunzipSync, createDecoder: createGunzip },
  deflate: { decode: inflateSync, createDecoder: createInflate },
  br: { decode: brotliDecompressSync, createDecoder: createBrotliDecompress },
  zstd: { decode: zstdDecompressSync, createDecoder: createZstdDecompress },
}

/**
 * Decompresses a request's body. Two clients rarely compress a body to the same
 * bytes, and secrets cannot be found in compressed bytes. A body that cannot be decoded stays as it is.
 */
export function decodedBody({ headers, body }: HttpRequest): Uint8Array {
  const coding = codingOf(headers)
  if (coding === undefined || body.length === 0) return body
  try {
    return coding.decode(body)
  } catch {
    return body
  }
}

/** Whether the body is compressed with a supported coding. */
export function isCoded(headers: Headers): boolean {
  return codingOf(headers) !== undefined
}

function codingOf(headers: Headers): ContentCoding | undefined {
  const name = headerValue(headers, 'content-encoding')?.trim().toLowerCase()
  return name !== undefined && Object.hasOwn(CONTENT_CODINGS, name) ? CONTENT_CODINGS[name] : undefined
}
