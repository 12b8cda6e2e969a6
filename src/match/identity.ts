import { encodeText, sha256 } from '../http/bytes.ts'
import type { FormPart, RecordedRequest, RequestBody } from '../cassette/cassette.ts'
import { canonicalJson, isJsonObject, type Json, parseJson } from '../json/json.ts'
import { type Headers, headerValue, splitTarget } from '../http/message.ts'
import { LARGE } from '../http/large.ts'
import { hashEmbedded } from './embedded.ts'
import type { Placeholders } from '../redact/placeholders.ts'

/** The parts of a request that are compared. Two requests match when all parts are equal. */
export interface Parts {
  readonly method: string
  readonly path: string
  readonly query: Json
  readonly headers: Json
  /** Distinguishes the text `1` from the JSON `1`. */
  readonly bodyKind: string
  readonly body: Json
}

/** The compared parts of a request, and one hash of all parts. */
export interface Identity {
  readonly parts: Parts
  readonly fingerprint: string
}

/** Identifies a redacted request. */
export type Identify = (request: RecordedRequest) => Identity

/** Identifies requests by the parts that a projection returns, or by all parts if there is none. */
export function identifyBy(placeholders: Placeholders, project?: (parts: Parts) => Parts): Identify {
  return (request) => {
    const all = projectRequest(request)
    const parts = project === undefined ? all : project(all)
    return { parts, fingerprint: fingerprintOf(parts, placeholders) }
  }
}

/**
 * Numbers placeholders by their order in the request, so that a match does not depend on
 * secrets that the session found earlier.
 */
export function fingerprintOf(parts: Parts, placeholders: Placeholders): string {
  return sha256(placeholders.renumber(canonicalJson(parts as unknown as Json)))
}

function projectRequest(request: RecordedRequest): Parts {
  const { path, query } = splitTarget(request.path)
  return {
    method: request.method,
    path,
    query: projectQuery(query),
    headers: projectHeaders(request.headers),
    bodyKind: kindOf(request.body),
    body: projectBody(request.body),
  }
}

/** Parameters may come in any order. Values of a repeated parameter keep theirs. */
function projectQuery(query: string): Json {
  const values = new Map<string, string[]>()
  for (const [name, value] of new URLSearchParams(query)) {
    values.set(name, [...(values.get(name) ?? []), value])
  }
  return Object.fromEntries(values)
}

function projectHeaders(headers: Headers): Json {
  const names = new Set(headers.map(([name]) => name).filter((name) => name !== 'content-type'))
  return Object.fromEntries([...names].map((name) => [name, headerValue(headers, name) ?? '']))
}

/** A large body is compared by its hash, even if it is text. */
function kindOf(body: RequestBody): string {
  return body.kind === 'blob' || (body.kind === 'text' && isLarge(body.text)) ? 'binary' : body.kind
}

function projectBody(body: RequestBody): Json {
  switch (body.kind) {
    case 'json':
      return hashEmbedded(parseJson(body.text) ?? null, body.text)
    case 'multipart':
      return { multipart: body.parts.map(projectPart) }
    default:
      return projectContent(body)
  }
}

function projectPart(part: FormPart): Json {
  return {
    name: part.name,
    filename: part.filename ?? null,
    type: part.type ?? null,
    content: projectContent(part.content),
  }
}

function projectContent(content: FormPart['content']): Json {
  switch (content.kind) {
    case 'empty':
      return null
    case 'text':
      return isLarge(content.text) ? hashed(encodeText(content.text)) : content.text
    case 'binary':
      return hashed(content.bytes)
    case 'blob':
      return { sha256: content.sha256, size: content.size }
  }
}

function isLarge(text: string): boolean {
  return text.length * 3 > LARGE && Buffer.byteLength(text) > LARGE
}

/** Whether a value is the hash that replaces binary content in a comparison. */
export function isHashed(value: Json | undefined): value is { sha256: string; size: number } {
  return (
    isJsonObject(value) &&
    typeof value['sha256'] === 'string' &&
    typeof value['size'] === 'number' &&
    Object.keys(value).length === 2
  )
}

function hashed(bytes: Uint8Array): Json {
  return { sha256: sha256(bytes), size: bytes.length }
}
