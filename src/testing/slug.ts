import { createHash } from 'node:crypto'

/** Most bytes of a slug. File systems end at 255, and a suffix and temporary names are still to come. */
const MOST_BYTES = 100

/** Names that Windows keeps for itself, and the folder of large bodies. */
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d|blobs)$/

/**
 * A text as a part of a file name: lower-case letters and digits of any script, joined
 * by `-`. Empty when the text has none.
 * @example slug('Tells the weather (Paris)') // 'tells-the-weather-paris'
 */
export function slug(text: string): string {
  return (
    text
      // What only looks different, full-width letters for one, is the same to some file systems.
      .normalize('NFKC')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M}]+/gu, '-')
      .replaceAll(/^-|-$/g, '')
  )
}

/** A slug as a file's or a folder's name: never empty, too long or reserved. `whole` tells apart what was cut off. */
export function segment(text: string, whole: string): string {
  if (text === '') return `test-${hash(whole)}`
  if (RESERVED.test(text)) return `${text}-test`
  return shortened(text, whole, MOST_BYTES)
}

export function shortened(text: string, whole: string, mostBytes: number): string {
  if (Buffer.byteLength(text) <= mostBytes) return text
  const suffix = `-${hash(whole)}`
  let kept = ''
  for (const char of text) {
    if (Buffer.byteLength(kept + char) > mostBytes - suffix.length) break
    kept += char
  }
  return kept.replace(/[-/]+$/, '') + suffix
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8)
}
