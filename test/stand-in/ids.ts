import { createHash } from 'node:crypto'

/** Everything that looks random in an answer is drawn from a hash, so that an equal request has an equal answer. */
export function digest(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(`${part.length}:`).update(part)
  return hash.digest('hex')
}

/** As many bytes as are wanted. */
export function bytesOf(seed: string, length: number): Buffer {
  const blocks: Buffer[] = []
  for (let i = 0; i * 32 < length; i++) blocks.push(createHash('sha256').update(`${seed}/${i}`).digest())
  return Buffer.concat(blocks).subarray(0, length)
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** Letters and digits, as in `chatcmpl-…` and `call_…`. */
export function letters(seed: string, length: number): string {
  return [...bytesOf(seed, length)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('')
}

/** Hexadecimal digits, as in `resp_…` and `req_…`. */
export function hex(seed: string, length: number): string {
  return bytesOf(seed, Math.ceil(length / 2))
    .toString('hex')
    .slice(0, length)
}

export function pick<T>(seed: string, list: readonly [T, ...T[]]): T {
  return list[bytesOf(seed, 4).readUInt32BE() % list.length] as T
}

/** The instant at which everything happens here, in seconds. */
export const NOW = 1_795_000_000
