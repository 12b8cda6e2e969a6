import { sha256 } from '../http/bytes.ts'
import type { Json } from '../json/json.ts'
import { mapStrings } from '../json/map-strings.ts'

/** A string with so many characters of base64 in a row is a file. */
const LONG = 1024

/**
 * Replaces files in JSON (base64, mostly images and audio) by their hashes: quick to compare,
 * and short in a message. Only equal files have equal hashes.
 * @param text the JSON's text, which shows quickly whether there can be a file
 */
export function hashEmbedded(json: Json, text: string): Json {
  return text.length > LONG && hasLongRun(text) ? mapStrings(json, hashed) : json
}

/**
 * Whether so many characters of base64 stand in a row. Only every 1,024th character is looked at: a run holds
 * one of them. A regular expression takes half the time of a large request.
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

/** Padding stands at the end only, so it is in no run. */
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

/** By hand: a regular expression overflows the stack on a string of some megabytes. */
function isBase64(text: string, from: number): boolean {
  for (let at = from; at < text.length; at++) {
    if (BASE64[text.charCodeAt(at)] !== 1) return false
  }
  return true
}

/** By character code: 1 for those of base64, base64url and their padding. */
const BASE64 = Uint8Array.from({ length: 128 }, (_, code) =>
  /[A-Za-z0-9+/_=-]/.test(String.fromCharCode(code)) ? 1 : 0,
)
