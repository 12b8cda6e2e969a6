import { PassThrough, type Readable, type Transform } from 'node:stream'
import { createInflateRaw } from 'node:zlib'
import { CONTENT_CODINGS } from '../engine/request/request-coding.ts'

const ALIASES: ReadonlyMap<string, string> = new Map([['x-gzip', 'gzip']])

/** The codings in a Content-Encoding header, in the order they were applied; undefined if one is unknown. */
export function codings(contentEncoding: string | undefined): readonly string[] | undefined {
  const names = (contentEncoding ?? '').split(',').map((name) => name.trim().toLowerCase())
  const applied = names
    .filter((name) => name !== '' && name !== 'identity')
    .map((name) => ALIASES.get(name) ?? name)
  return applied.every((name) => Object.hasOwn(CONTENT_CODINGS, name)) ? applied : undefined
}

/** Decodes a stream by undoing its codings in reverse order. */
export async function* decode(source: Readable, applied: readonly string[]): AsyncGenerator<Uint8Array> {
  let stream: Readable = source
  for (const name of applied.toReversed()) {
    stream = pipeTo(stream, await decoderFor(name, stream))
  }
  try {
    yield* stream as AsyncIterable<Uint8Array>
  } finally {
    source.destroy()
  }
}

function pipeTo(source: Readable, decoder: Transform): Readable {
  source.on('error', (error) => decoder.destroy(error))
  return source.pipe(decoder)
}

/**
 * Chooses the decoder for a stream once its first bytes have arrived. An empty stream (the response to a HEAD request,
 * a 304) stays empty, although an empty body is invalid in every coding. In the HTTP standard, `deflate` means zlib's
 * format, but some servers send raw deflate: the first byte distinguishes the two.
 */
async function decoderFor(name: string, source: Readable): Promise<Transform> {
  for await (const first of source.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    source.unshift(first)
    const isRawDeflate = name === 'deflate' && ((first[0] ?? 0) & 0x0f) !== 8
    return isRawDeflate ? createInflateRaw() : CONTENT_CODINGS[name]!.createDecoder()
  }
  return new PassThrough()
}
