import { sha256 } from '../http/bytes.ts'
import type { Json } from '../json/json.ts'
import { mapStrings } from '../json/map-strings.ts'

/** Characters of base64 in a row that make a string a file. */
const LONG = 1024

const LONG_RUN = new RegExp(`[A-Za-z0-9+/_-]{${LONG}}`)

/**
 * Files that stand in JSON as base64, images and audio for the most part, by their hash:
 * quick to compare, and short in a message. Equal files have equal hashes, and no others.
 * @param text the JSON's text, which tells at once whether there can be one
 */
export function hashEmbedded(json: Json, text: string): Json {
  return text.length > LONG && LONG_RUN.test(text) ? mapStrings(json, hashed) : json
}

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
