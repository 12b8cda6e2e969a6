import { createHash } from 'node:crypto'

export type Direction = 'up' | 'down'

const PIECE = 1_000_000

/** So many MB that no compression and no text could stand for, the same in every run. */
export function* noise(megabytes: number): Generator<Uint8Array> {
  for (let i = 0, n = 1; i < megabytes; i++) {
    const bytes = new Uint8Array(PIECE)
    for (let at = 0; at < PIECE; at++) {
      n = (Math.imul(n, 1664525) + 1013904223) >>> 0
      bytes[at] = n >>> 24
    }
    yield bytes
  }
}

/** Sends a file or gets one, and keeps nothing of it: what was told of it, or its hash. */
export async function ask(
  send: typeof fetch,
  base: string,
  direction: Direction,
  file: Blob,
): Promise<string> {
  if (direction === 'up') {
    const form = new FormData()
    form.append('purpose', 'user_data')
    form.append('file', file, 'upload.bin')
    const response = await send(`${base}/v1/files`, { method: 'POST', body: form })
    return ((await response.json()) as { id: string }).id
  }
  const response = await send(`${base}/v1/files/file-1/content`)
  const hash = createHash('sha256')
  for await (const piece of response.body as ReadableStream<Uint8Array>) hash.update(piece)
  return hash.digest('hex')
}
