import { sha256 } from '../../http/bytes.ts'
import type { Interaction, Part, RequestBody, ResponseBody } from '../../cassette/cassette.ts'
import type { Document, Reading } from '../../api/drift.ts'
import { isJsonObject, type Json, parseJson } from '../../json/json.ts'
import { object } from '../usage/tokens.ts'
import { conversationReading, streamReading } from './stream.ts'
import { excerpt } from '../../messages/excerpt.ts'

/** What was asked, and what the client said over a WebSocket. */
export function asked({ request, response }: Interaction): Reading {
  const body = plain(request.body)
  if (response.body.kind !== 'frames') return body
  const said = conversationReading(response.body, 'client')
  return { ...said, documents: [...body.documents, ...said.documents] }
}

/** What was answered, streams put together. */
export function answered({ response: { body, status } }: Interaction): Reading {
  switch (body.kind) {
    case 'events':
      return streamReading(body.events)
    case 'frames':
      return conversationReading(body, 'server')
    default:
      return status < 400 ? plain(body) : refusal(plain(body))
  }
}

/** An error has nothing in common with an answer, and is told by its message. */
function refusal({ documents, form }: Reading): Reading {
  const [json] = documents.map((document) => document.json)
  const { error } = object(json)
  const { code, type, message } = object(error)
  const said = typeof json === 'string' ? json : typeof error === 'string' ? error : message
  const note = [code ?? type, said].filter((each) => typeof each === 'string').join(', ')
  return {
    ...reading(`an error, ${form}`, ...documents.map((document) => document.json)),
    ...(note === '' ? {} : { note: excerpt(note, 0, 120) }),
  }
}

function plain(body: RequestBody | Exclude<ResponseBody, { kind: 'events' | 'frames' }>): Reading {
  if (body.kind === 'multipart') return reading('a form', fieldsOf(body.parts))
  if (body.kind !== 'json' && body.kind !== 'text') {
    return body.kind === 'empty' ? reading('nothing') : reading('bytes', contentOf(body))
  }
  const parsed = parseJson(body.text)
  const json = parsed === undefined ? linesOf(body.text) : parsed
  const isJson = body.kind === 'json' || (typeof json === 'object' && json !== null)
  return isJson && json !== undefined ? reading('JSON', json) : reading('text', body.text)
}

function reading(form: string, ...documents: readonly Json[]): Reading {
  return {
    form,
    events: new Map(),
    counted: new Set(),
    documents: documents.map((json): Document => ({ label: '', json })),
  }
}

/** By name; a list, where a name is there several times. */
function fieldsOf(parts: readonly Part[]): Json {
  const fields = Map.groupBy(parts, ({ name }) => name)
  return Object.fromEntries(
    [...fields].map(([name, [first, ...more]]) => [
      name,
      more.length === 0 ? valueOf(first as Part) : [first as Part, ...more].map(valueOf),
    ]),
  )
}

function valueOf({ filename, type, content }: Part): Json {
  return filename === undefined
    ? contentOf(content)
    : { filename, type: type ?? null, content: contentOf(content) }
}

function contentOf(content: Part['content']): Json {
  switch (content.kind) {
    case 'empty':
      return ''
    case 'text':
      return content.text
    case 'binary':
      return { sha256: sha256(content.bytes), size: content.bytes.length }
    case 'blob':
      return { sha256: content.sha256, size: content.size }
  }
}

/** What batches are made of: an object a line. */
function linesOf(text: string): Json | undefined {
  if (!text.startsWith('{')) return undefined
  const lines = text.split('\n').filter((line) => line !== '')
  const objects = lines.map(parseJson).filter((json) => isJsonObject(json))
  return objects.length === lines.length ? objects : undefined
}
