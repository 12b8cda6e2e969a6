import type { FormPart } from '../cassette.ts'
import { decodeText } from '../../http/bytes.ts'
import { percentDecoded } from '../../http/message.ts'

/** The boundary of a multipart/form-data content type. Undefined for other types. */
export function multipartBoundary(contentType: string | undefined): string | undefined {
  if (contentType === undefined || !/^\s*multipart\/form-data\b/i.test(contentType)) return undefined
  const [, inQuotes, plain] = /;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType) ?? []
  return inQuotes ?? plain
}

/** Parses the parts of a form. Undefined if the bytes are not a valid form with this boundary. */
export function parseMultipart(bytes: Uint8Array, boundary: string): FormPart[] | undefined {
  // JavaScript engines search strings quickly. In Latin-1, indices of characters and bytes are the same.
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  const delimiter = `--${boundary}`
  let at = text.startsWith(delimiter) ? delimiter.length : after(text, `\r\n${delimiter}`, 0)
  const parts: FormPart[] = []
  while (at >= 0 && !text.startsWith('--', at)) {
    const start = after(text, '\r\n', at)
    const end = start < 0 ? -1 : text.indexOf(`\r\n${delimiter}`, start - 2)
    const part = end < 0 ? undefined : parsePart(text, bytes, start, Math.max(start, end))
    if (part === undefined) return undefined
    parts.push(part)
    at = end + 2 + delimiter.length
  }
  return at < 0 ? undefined : parts
}

function after(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from)
  return found < 0 ? -1 : found + mark.length
}

function parsePart(text: string, bytes: Uint8Array, start: number, end: number): FormPart | undefined {
  const blank = text.startsWith('\r\n', start) ? start - 2 : text.indexOf('\r\n\r\n', start)
  if (blank < 0 || blank > end) return undefined
  const head = partHead(bytes.subarray(start, Math.max(start, blank)))
  return head && { ...head, content: contentOf(bytes.subarray(Math.min(blank + 4, end), end)) }
}

export type PartHead = Omit<FormPart, 'content'>

/** Reads the header lines of a part. Undefined if they do not contain its name. */
export function partHead(bytes: Uint8Array): PartHead | undefined {
  const headers =
    decodeText(bytes) ?? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  const disposition = headerLine(headers, 'content-disposition') ?? ''
  const name = parameter(disposition, 'name')
  if (name === undefined) return undefined
  const filename = parameter(disposition, 'filename')
  const type = headerLine(headers, 'content-type')
  return { name, ...(filename === undefined ? {} : { filename }), ...(type === undefined ? {} : { type }) }
}

export function contentOf(bytes: Uint8Array): FormPart['content'] {
  if (bytes.length === 0) return { kind: 'empty' }
  const text = decodeText(bytes)
  return text === undefined ? { kind: 'binary', bytes: bytes.slice() } : { kind: 'text', text }
}

function headerLine(headers: string, name: string): string | undefined {
  const line = headers.split('\r\n').find((each) => each.toLowerCase().startsWith(`${name}:`))
  return line?.slice(name.length + 1).trim()
}

/** A parameter of a Content-Disposition header, plain or encoded as in RFC 5987 (`filename*=UTF-8''…`). */
function parameter(disposition: string, name: string): string | undefined {
  const extended = new RegExp(`;\\s*${name}\\*=[^']*'[^']*'([^;\\s]+)`, 'i').exec(disposition)?.[1]
  if (extended !== undefined) return percentDecoded(extended)
  const [, inQuotes, plain] =
    new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]*))`, 'i').exec(disposition) ?? []
  return inQuotes === undefined ? plain : inQuotes.replaceAll(/\\(["\\])/g, '$1')
}
