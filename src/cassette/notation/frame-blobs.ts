import { sha256 } from '../../http/bytes.ts'
import type { FrameContent, HoledText, TextBody } from '../cassette.ts'
import { parseJson } from '../../json/json.ts'
import { tokens } from '../../json/lexer.ts'

/** Base64 from this many characters on stands in a file of its own: a frame's audio is no reading matter. */
const LONG = 1024

const HOLE = /"blob:([0-9a-f]{64})"/g

export type Blobs = Map<string, Uint8Array>

/**
 * The text with its long base64 taken out, and as it is where there is none.
 * @param blobs takes what was taken out, by its SHA-256
 */
export function holed({ text }: TextBody, blobs: Blobs = new Map()): TextBody | HoledText {
  if (text.length < LONG || holesIn(text).length > 0 || parseJson(text) === undefined)
    return { kind: 'text', text }
  const out: string[] = []
  let at = 0
  for (const { kind, start, end } of tokens(text)) {
    const bytes =
      kind === 'string' && end - start > LONG ? decoded(text.slice(start + 1, end - 1)) : undefined
    if (bytes === undefined) continue
    const name = sha256(bytes)
    blobs.set(name, bytes)
    out.push(text.slice(at, start), `"blob:${name}"`)
    at = end
  }
  return out.length === 0 ? { kind: 'text', text } : { kind: 'holed', text: out.join('') + text.slice(at) }
}

/** The files whose base64 stands in a text. */
export function holesIn(text: string): string[] {
  return [...text.matchAll(HOLE)].map(([, name]) => name as string)
}

/** The files that a frame needs. */
export function blobsOfFrame(content: FrameContent): string[] {
  if (content.kind === 'holed') return holesIn(content.text)
  return content.kind === 'blob' ? [content.sha256] : []
}

/** The text as it was sent. */
export function filled({ text }: HoledText, blobs: ReadonlyMap<string, Uint8Array>): string {
  return text.replaceAll(HOLE, (hole, name: string) => {
    const bytes = blobs.get(name)
    return bytes === undefined ? hole : `"${Buffer.from(bytes).toString('base64')}"`
  })
}

/** Undefined where these bytes would not give the very text back. */
function decoded(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? new Uint8Array(bytes) : undefined
}
