import { PassThrough, type Readable, type Transform } from 'node:stream'
import { createInflateRaw } from 'node:zlib'
import { CONTENT_CODINGS } from '../engine/request/request-coding.ts'

/** Other names of codings. */
const ALIASES: ReadonlyMap<string, string> = new Map([['x-gzip', 'gzip']])

/** The codings of a Content-Encoding header, in the order in which they were applied; undefined if one is unknown. */
export function codings(contentEncoding: string | undefined): readonly string[] | undefined {
  const names = (contentEncoding ?? '').split(',').map((name) => name.trim().toLowerCase())
  const applied = names
    .filter((name) => name !== '' && name !== 'identity')
    .map((name) => ALIASES.get(name) ?? name)
  return applied.every((name) => Object.hasOwn(CONTENT_CODINGS, name)) ? applied : undefined
}

/** Undoes codings in the reverse of the order in which they were applied. */
export async function* decode(source: Readable, applied: readonly string[]): AsyncGenerator<Uint8Array> {
  let stream: Readable = source
  for (const name of applied.toReversed()) {
    stream = join(stream, await decoderFor(name, stream))
  }
  try {
    yield* stream as AsyncIterable<Uint8Array>
  } finally {
    source.destroy()
  }
}

function join(source: Readable, decoder: Transform): Readable {
  source.on('error', (error) => decoder.destroy(error))
  return source.pipe(decoder)
}

/**
 * The decoder for a stream, chosen once its first bytes are there. An empty stream (the answer to a HEAD,
 * a 304) decodes to nothing, though no coding has an empty form. By the standard `deflate` is zlib's format,
 * but some servers send raw deflate: the first byte tells them apart.
 */
async function decoderFor(name: string, source: Readable): Promise<Transform> {
  for await (const first of source.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    source.unshift(first)
    const isRawDeflate = name === 'deflate' && ((first[0] ?? 0) & 0x0f) !== 8
    return isRawDeflate ? createInflateRaw() : CONTENT_CODINGS[name]!.createDecoder()
  }
  return new PassThrough()
}
