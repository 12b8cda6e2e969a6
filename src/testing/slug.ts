import { createHash } from 'node:crypto'

/** File systems allow 255, and a suffix and temporary names are added to it. */
const MAX_SLUG_BYTES = 100

/** Names that Windows reserves, and the folder of large bodies. */
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d|blobs)$/

/**
 * A text as a part of a file name: lower-case letters and digits of any script, joined
 * by `-`. Empty when the text has no letters and digits.
 * @example slug('Tells the weather (Paris)') // 'tells-the-weather-paris'
 */
export function slug(text: string): string {
  return (
    text
      // Some file systems treat variants of a letter, such as full-width ones, as the same.
      .normalize('NFKC')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M}]+/gu, '-')
      .replaceAll(/^-|-$/g, '')
  )
}

/**
 * A slug as the name of a file or folder: never empty, too long or reserved.
 * @param whole the unshortened text, by whose hash names that are cut off differ
 */
export function segment(text: string, whole: string): string {
  if (text === '') return `test-${hash(whole)}`
  if (RESERVED.test(text)) return `${text}-test`
  return shortened(text, whole, MAX_SLUG_BYTES)
}

export function shortened(text: string, whole: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text
  const suffix = `-${hash(whole)}`
  let start = ''
  for (const char of text) {
    if (Buffer.byteLength(start + char) > maxBytes - suffix.length) break
    start += char
  }
  return start.replace(/[-/]+$/, '') + suffix
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8)
}
