import { sha256 } from '../http/bytes.ts'
import type { Json } from '../json/json.ts'
import { mapStrings } from '../json/map-strings.ts'

/** In characters. A run of base64 of at least this length is treated as a file. */
const LONG = 1024

/**
 * Replaces base64-encoded files in JSON (mostly images and audio) with their hashes, which are quick to
 * compare and short in messages.
 * @param text the same JSON as text, for a quick check whether it can contain a file
 */
export function hashEmbedded(json: Json, text: string): Json {
  return text.length > LONG && hasLongRun(text) ? mapStrings(json, hashed) : json
}

/**
 * Whether a text contains a run of base64 with at least 1,024 characters. Every such run crosses a multiple of
 * 1,024, so only the characters at these indices are inspected first. A regular expression would take half of
 * the time spent on a large request.
 */
export function hasLongRun(text: string): boolean {
  for (let at = LONG - 1; at < text.length;) {
    if (!isRunCharacter(text, at)) {
      at += LONG
      continue
    }
    let start = at
    while (start > 0 && isRunCharacter(text, start - 1)) start--
    let end = at + 1
    while (end < text.length && end - start < LONG && isRunCharacter(text, end)) end++
    if (end - start >= LONG) return true
    at = end + LONG
  }
  return false
}

/** Padding does not count: it occurs only at the end of base64. */
function isRunCharacter(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return BASE64[code] === 1 && code !== PADDING
}

const PADDING = '='.charCodeAt(0)

function hashed(text: string): string {
  if (text.length < LONG) return text
  const [head = ''] = /^data:[^,]{0,200};base64,/.exec(text) ?? []
  return isBase64(text, head.length) ? `${head}sha256:${sha256(text.slice(head.length))}` : text
}

/** Not a regular expression: it overflows the stack on a string of several megabytes. */
function isBase64(text: string, from: number): boolean {
  for (let at = from; at < text.length; at++) {
    if (BASE64[text.charCodeAt(at)] !== 1) return false
  }
  return true
}

/** 1 at each character code of base64, base64url and their padding. */
const BASE64 = Uint8Array.from({ length: 128 }, (_, code) =>
  /[A-Za-z0-9+/_=-]/.test(String.fromCharCode(code)) ? 1 : 0,
)
