import type { AnswerDocument, AnswerOutput, AnswerRecord } from '../../api/answer.ts'
import type { FormPart, RecordedRequest, RecordedResponse } from '../../cassette/cassette.ts'
import { isJsonObject, type Json, type JsonObject, parseJson } from '../../json/json.ts'
import { prettyJson } from '../../json/layout.ts'
import { frameTexts } from '../../cassette/bodies/body.ts'
import { outputOf } from './outputs.ts'
import { readAnswer } from './read-answer.ts'

/** A part of a request or a response in human-readable form. */
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
          part.filename === undefined
            ? contentOf(part.content)
            : `${part.filename}: ${contentOf(part.content)}`,
      }))
    default:
      return body.kind === 'empty' ? [] : [{ label: 'body', text: contentOf(body) }]
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

/** Summarizes a message, or another item of a Response's input or output. */
function message(item: Json): SummaryLine[] {
  if (!isJsonObject(item)) return item === null ? [] : [{ label: 'input', text: text(item) }]
  const { role, type, content: given, ...rest } = item
  const label = typeof role === 'string' ? role : String(type ?? 'item')
  const isMessage = typeof role === 'string' || type === 'message' || type === 'reasoning'
  const { texts, calls } = isMessage ? outputOf(item) : NO_OUTPUT
  const written = [
    ...texts.filter(({ kind }) => kind !== 'text'),
    ...calls.map(({ name, input }) => ({ label: 'call', text: `${name}(${input})` })),
  ].map((each) => ({ label: each.label, text: shortened(each.text) }))
  if (given === undefined || given === null || given === '')
    return written.length > 0 ? written : [{ label, text: text(rest) }]
  const shown = contentText(given)
  return shown === '' && written.length > 0 ? written : [{ label, text: shown }, ...written]
}

const NO_OUTPUT: AnswerOutput = { texts: [], calls: [] }

/** The content without refusals and reasoning, which have separate lines. */
function contentText(given: Json): string {
  if (!Array.isArray(given)) return text(given)
  return (given as readonly Json[])
    .filter((part) => outputOf({ content: [part] }).texts.every(({ kind }) => kind === 'text'))
    .map((part) => (isJsonObject(part) && typeof part['text'] === 'string' ? part['text'] : text(part)))
    .join('\n')
}

function toolName(tool: Json): string {
  if (!isJsonObject(tool)) return text(tool)
  const inner = isJsonObject(tool['function']) ? tool['function'] : tool
  return String(inner['name'] ?? tool['type'] ?? '')
}

/** Summarizes a stream by its texts and calls, and a JSON response by its messages and usage. Shows any other body as it is. */
export function summarizeResponse(response: RecordedResponse): SummaryLine[] {
  const { body } = response
  const record = readAnswer(response)
  if (body.kind === 'frames')
    return [
      ...frameTexts(body.frames, 'client').map((sent) => ({ label: 'sent', text: shortened(sent) })),
      ...streamLines(record),
    ]
  if (body.kind === 'events' || record.form === 'a stream of events') return streamLines(record)
  if (body.kind === 'empty') return []
  const lines = record.documents.flatMap(documentLines)
  if (lines.length > 0) return lines
  return [{ label: 'body', text: body.kind === 'json' ? shortened(prettyJson(body.text)) : contentOf(body) }]
}

function streamLines({ outputs, error, events }: AnswerRecord): SummaryLine[] {
  const counts = [...events.others].map(([type, n]) => (n === 1 ? type : `${type} ×${n}`))
  return [
    ...outputs.flatMap(outputLines),
    ...(error?.message === undefined ? [] : [{ label: 'error', text: shortened(error.message) }]),
    ...(counts.length === 0 ? [] : [{ label: 'events', text: counts.join(', ') }]),
  ]
}

function outputLines({ choice = 0, texts, calls }: AnswerOutput): SummaryLine[] {
  const suffix = choice === 0 ? '' : ` of choice ${choice}`
  return [
    ...texts.map(({ kind, label, text: written }) => ({
      label: kind === 'text' ? 'text' : label,
      text: written,
    })),
    ...calls.map(({ name, input }) => ({ label: `tool call ${name}`, text: input })),
  ].map(({ label, text: written }) => ({ label: label + suffix, text: written }))
}

/** The messages, items and usage of a chat completion or a Response; none for other JSON. */
function documentLines({ json, items }: AnswerDocument): SummaryLine[] {
  if (!isJsonObject(json) || !(Array.isArray(json['choices']) || Array.isArray(json['output']))) return []
  const lines = items.flatMap(message)
  return lines.length > 0 && isJsonObject(json['usage'])
    ? [...lines, { label: 'usage', text: text(json['usage']) }]
    : lines
}

function contentOf(body: FormPart['content']): string {
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

/** Maximum length of one part. */
const MAX_CHARACTERS = 4000

function shortened(long: string): string {
  return long.length <= MAX_CHARACTERS
    ? long
    : `${long.slice(0, MAX_CHARACTERS)}… (${long.length - MAX_CHARACTERS} more characters)`
}
