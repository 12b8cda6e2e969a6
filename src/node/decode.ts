import { type Transform, type Readable, PassThrough } from 'node:stream'
import {
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib'

/** Decoders by content coding. Each passes on what it has after every packet. */
const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
}

/** The codings of a Content-Encoding header that are undone here; undefined when one is not known. */
export function codings(contentEncoding: string | undefined): readonly string[] | undefined {
  const names = (contentEncoding ?? '').split(',').map((name) => name.trim().toLowerCase())
  const applied = names.filter((name) => name !== '' && name !== 'identity')
  return applied.every((name) => name === 'deflate' || Object.hasOwn(DECODERS, name)) ? applied : undefined
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
 * The decoder for what comes. Where nothing does (the answer to a HEAD, a 304), nothing is
 * what it stands for, though no coding has an empty form. `deflate` means zlib's format by
 * the standard, and raw deflate by some servers: the first byte tells.
 */
async function decoderFor(name: string, source: Readable): Promise<Transform> {
  for await (const first of source.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    source.unshift(first)
    if (name !== 'deflate') return DECODERS[name]!()
    return ((first[0] ?? 0) & 0x0f) === 8 ? createInflate() : createInflateRaw()
  }
  return new PassThrough()
}
