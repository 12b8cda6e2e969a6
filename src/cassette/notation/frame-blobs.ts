import { sha256 } from '../../http/bytes.ts'
import type { FrameContent, TextWithBlobs, TextBody } from '../cassette.ts'
import { applyEdits, type Edit } from '../../json/edit.ts'
import { parseJson } from '../../json/json.ts'
import { tokens } from '../../json/lexer.ts'

/** In characters. Longer base64 is stored in a separate file. */
const LONG = 1024

const BLOB_REF = /"blob:([0-9a-f]{64})"/g

export type ExtractedBlobs = Map<string, Uint8Array>

/**
 * Replaces long base64 in JSON with references to files. Other texts are returned unchanged.
 * @param blobs receives the bytes, by their SHA-256
 */
export function extractBase64(
  { text }: TextBody,
  blobs: ExtractedBlobs = new Map(),
): TextBody | TextWithBlobs {
  if (text.length < LONG || blobRefs(text).length > 0 || parseJson(text) === undefined)
    return { kind: 'text', text }
  const edits: Edit[] = []
  for (const { kind, start, end } of tokens(text)) {
    const bytes =
      kind === 'string' && end - start > LONG ? decoded(text.slice(start + 1, end - 1)) : undefined
    if (bytes === undefined) continue
    const name = sha256(bytes)
    blobs.set(name, bytes)
    edits.push({ start, end, text: `"blob:${name}"` })
  }
  return edits.length === 0
    ? { kind: 'text', text }
    : { kind: 'text-with-blobs', text: applyEdits(text, edits) }
}

/** The SHA-256 of each file that a text refers to. */
export function blobRefs(text: string): string[] {
  return [...text.matchAll(BLOB_REF)].map(([, name]) => name as string)
}

/** The SHA-256 of each file that a frame refers to. */
export function blobsOfFrame(content: FrameContent): string[] {
  if (content.kind === 'text-with-blobs') return blobRefs(content.text)
  return content.kind === 'blob' ? [content.sha256] : []
}

/** Restores the text that was sent, by replacing references with base64. */
export function restoreBase64({ text }: TextWithBlobs, blobs: ReadonlyMap<string, Uint8Array>): string {
  return text.replaceAll(BLOB_REF, (reference, name: string) => {
    const bytes = blobs.get(name)
    return bytes === undefined ? reference : `"${Buffer.from(bytes).toString('base64')}"`
  })
}

/** Decodes base64. Undefined if encoding the bytes again would not reproduce the same text. */
function decoded(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? new Uint8Array(bytes) : undefined
}
