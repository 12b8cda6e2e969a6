import type { Part, RecordedRequest, RecordedResponse } from '../core/cassette.ts'
import { isJsonObject, type Json, type JsonObject, parseJson } from '../core/json.ts'
import { prettyJson } from '../core/json-layout.ts'
import { spell } from './spell.ts'

/** A piece of a request or a response, for a person to read. */
export interface Shown {
  readonly label: string
  readonly text: string
}

/** What a request asks for. */
export function asked({ body }: RecordedRequest): Shown[] {
  switch (body.kind) {
    case 'json': {
      const json = parseJson(body.text)
      return isJsonObject(json) ? askedInJson(json) : [{ label: 'body', text: body.text }]
    }
    case 'multipart':
      return body.parts.map((part) => ({ label: part.name, text: part.filename === undefined ? content(part.content) : `${part.filename}: ${content(part.content)}` }))
    default:
      return body.kind === 'empty' ? [] : [{ label: 'body', text: content(body) }]
  }
}

function askedInJson(json: JsonObject): Shown[] {
  const shown: Shown[] = []
  const rest: Record<string, Json> = {}
  for (const [key, value] of Object.entries(json)) {
    if ((key === 'messages' || key === 'input') && Array.isArray(value)) shown.push(...value.flatMap(message))
    else if (key === 'tools' && Array.isArray(value)) shown.push({ label: 'tools', text: value.map(toolName).join(', ') })
    else if (typeof value === 'string') shown.push({ label: key, text: value })
    else rest[key] = value
  }
  return Object.keys(rest).length === 0 ? shown : [...shown, { label: 'with', text: text(rest) }]
}

function message(item: Json): Shown[] {
  if (!isJsonObject(item)) return [{ label: 'input', text: text(item) }]
  const label = [item['role'], item['type'], item['name']].filter((each) => typeof each === 'string').join(' ')
  const { role: _role, type: _type, name: _name, content: said, ...rest } = item
  const parts: Shown[] = said === undefined || said === null ? [] : [{ label, text: saidText(said) }]
  return Object.keys(rest).length === 0 ? parts : [...parts, { label, text: text(rest) }]
}

function saidText(said: Json): string {
  if (!Array.isArray(said)) return text(said)
  return said.map((part: Json) => (isJsonObject(part) && typeof part['text'] === 'string' ? part['text'] : text(part))).join('\n')
}

function toolName(tool: Json): string {
  if (!isJsonObject(tool)) return text(tool)
  const inner = isJsonObject(tool['function']) ? tool['function'] : tool
  return String(inner['name'] ?? tool['type'] ?? '')
}

/** What came back: a stream as what it spells, anything else as it is. */
export function came({ body }: RecordedResponse): Shown[] {
  switch (body.kind) {
    case 'empty':
      return []
    case 'events': {
      const { texts, others } = spell(body.events)
      const counts = [...others].map(([name, n]) => (n === 1 ? name : `${name} ×${n}`)).join(', ')
      return [...texts, ...(counts === '' ? [] : [{ label: 'events', text: counts }])]
    }
    case 'json':
      return [{ label: 'body', text: cut(prettyJson(body.text)) }]
    default:
      return [{ label: 'body', text: content(body) }]
  }
}

function content(body: Part['content'] | { readonly kind: 'json'; readonly text: string }): string {
  switch (body.kind) {
    case 'empty':
      return ''
    case 'binary':
      return `${body.bytes.length} bytes`
    case 'blob':
      return `${body.size} bytes in blobs/${body.sha256}.bin`
    default:
      return cut(body.text)
  }
}

function text(value: Json): string {
  return cut(typeof value === 'string' ? value : JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? String(each) : each)))
}

/** Characters shown of one piece. */
const MOST = 4000

function cut(long: string): string {
  return long.length <= MOST ? long : `${long.slice(0, MOST)}… (${long.length - MOST} more characters)`
}
