import type { FormPart, RecordedRequest, RecordedResponse } from '../../cassette/cassette.ts'
import { isJsonObject, type Json, type JsonObject, parseJson } from '../../json/json.ts'
import { prettyJson } from '../../json/layout.ts'
import { spell } from './spell.ts'
import { frameTexts } from '../../cassette/bodies/body.ts'

/** A part of a request or a response, for people to read. */
export interface SummaryLine {
  readonly label: string
  readonly text: string
}

export function summarizeRequest({ body }: RecordedRequest): SummaryLine[] {
  switch (body.kind) {
    case 'json': {
      const json = parseJson(body.text)
      return isJsonObject(json) ? summarizeJson(json) : [{ label: 'body', text: body.text }]
    }
    case 'multipart':
      return body.parts.map((part) => ({
        label: part.name,
        text:
          part.filename === undefined ? content(part.content) : `${part.filename}: ${content(part.content)}`,
      }))
    default:
      return body.kind === 'empty' ? [] : [{ label: 'body', text: content(body) }]
  }
}

function summarizeJson(json: JsonObject): SummaryLine[] {
  const shown: SummaryLine[] = []
  const rest: Record<string, Json> = {}
  for (const [key, value] of Object.entries(json)) {
    if ((key === 'messages' || key === 'input') && Array.isArray(value)) shown.push(...value.flatMap(message))
    else if (key === 'tools' && Array.isArray(value))
      shown.push({ label: 'tools', text: value.map(toolName).join(', ') })
    else if (typeof value === 'string') shown.push({ label: key, text: value })
    else rest[key] = value
  }
  return Object.keys(rest).length === 0 ? shown : [...shown, { label: 'with', text: text(rest) }]
}

/** A message of a conversation, or another item of a Response's input or output. */
function message(item: Json): SummaryLine[] {
  if (!isJsonObject(item)) return item === null ? [] : [{ label: 'input', text: text(item) }]
  const { role, type, content: given, tool_calls: calls, ...rest } = item
  const label = typeof role === 'string' ? role : String(type ?? 'item')
  const shown: SummaryLine[] =
    given === undefined || given === null || given === '' ? [] : [{ label, text: contentText(given) }]
  if (Array.isArray(calls))
    shown.push(...calls.map((call: Json) => ({ label: 'call', text: callText(call) })))
  return shown.length > 0 ? shown : [{ label, text: text(rest) }]
}

function callText(call: Json): string {
  const inner = isJsonObject(call) && isJsonObject(call['function']) ? call['function'] : call
  return isJsonObject(inner)
    ? `${String(inner['name'])}(${String(inner['arguments'] ?? inner['input'] ?? '')})`
    : text(call)
}

function contentText(given: Json): string {
  if (!Array.isArray(given)) return text(given)
  return given
    .map((part: Json) => (isJsonObject(part) && typeof part['text'] === 'string' ? part['text'] : text(part)))
    .join('\n')
}

function toolName(tool: Json): string {
  if (!isJsonObject(tool)) return text(tool)
  const inner = isJsonObject(tool['function']) ? tool['function'] : tool
  return String(inner['name'] ?? tool['type'] ?? '')
}

/** A stream as the texts that it spells, an answer by its messages and calls, anything else as it is. */
export function summarizeResponse({ body }: RecordedResponse): SummaryLine[] {
  switch (body.kind) {
    case 'empty':
      return []
    case 'events': {
      const { texts, others } = spell(body.events)
      const counts = [...others].map(([name, n]) => (n === 1 ? name : `${name} ×${n}`)).join(', ')
      return [...texts, ...(counts === '' ? [] : [{ label: 'events', text: counts }])]
    }
    case 'frames': {
      const texts = (from: 'client' | 'server'): string[] => frameTexts(body.frames, from)
      const { texts: spelled, others } = spell(
        texts('server').map((data) => ({ offset: 0, raw: `data: ${data}\n\n` })),
      )
      const counts = [...others].map(([name, n]) => (n === 1 ? name : `${name} ×${n}`)).join(', ')
      return [
        ...texts('client').map((sent) => ({ label: 'sent', text: shortened(sent) })),
        ...spelled.filter(({ label }) => !/\baudio$/.test(label)),
        { label: 'events', text: counts },
      ]
    }
    case 'json':
    case 'text': {
      const lines = answer(parseJson(body.text))
      return lines.length > 0
        ? lines
        : [{ label: 'body', text: shortened(body.kind === 'json' ? prettyJson(body.text) : body.text) }]
    }
    default:
      return [{ label: 'body', text: content(body) }]
  }
}

/** The messages, calls and usage of a chat completion or a Response; none for other JSON. */
function answer(json: Json | undefined): SummaryLine[] {
  if (!isJsonObject(json)) return []
  const choices = Array.isArray(json['choices'])
    ? json['choices'].flatMap((choice: Json) =>
        isJsonObject(choice) ? message(choice['message'] ?? null) : [],
      )
    : []
  const output = Array.isArray(json['output']) ? json['output'].flatMap(message) : []
  const lines = [...choices, ...output]
  return lines.length > 0 && isJsonObject(json['usage'])
    ? [...lines, { label: 'usage', text: text(json['usage']) }]
    : lines
}

function content(body: FormPart['content'] | { readonly kind: 'json'; readonly text: string }): string {
  switch (body.kind) {
    case 'empty':
      return ''
    case 'binary':
      return `${body.bytes.length} bytes`
    case 'blob':
      return `${body.size} bytes in blobs/${body.sha256}.bin`
    default:
      return shortened(body.text)
  }
}

function text(value: Json): string {
  return shortened(
    typeof value === 'string'
      ? value
      : JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? String(each) : each)),
  )
}

/** Characters shown of one part. */
const MAX_CHARACTERS = 4000

function shortened(long: string): string {
  return long.length <= MAX_CHARACTERS
    ? long
    : `${long.slice(0, MAX_CHARACTERS)}… (${long.length - MAX_CHARACTERS} more characters)`
}
