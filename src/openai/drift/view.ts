import { sha256 } from '../../http/bytes.ts'
import type { Interaction, FormPart, RequestBody, ResponseBody } from '../../cassette/cassette.ts'
import type { ComparableDocument, ComparableView } from '../../api/drift.ts'
import { isJsonObject, type Json, parseJson } from '../../json/json.ts'
import { excerpt } from '../../messages/excerpt.ts'
import type { AnswerError } from '../../api/answer.ts'
import { sentEvents } from '../answers/events.ts'
import { readAnswer } from '../answers/read-answer.ts'
import { conversationView, streamView } from './stream-view.ts'

/** The request body, with the client's messages if it is a WebSocket. */
export function requestView({ request, response }: Interaction): ComparableView {
  const body = bodyView(request.body)
  if (response.body.kind !== 'frames') return body
  const conversation = conversationView(response.body, 'client')
  return { ...conversation, documents: [...body.documents, ...conversation.documents] }
}

export function responseView({ response }: Interaction): ComparableView {
  const { body, status } = response
  if (body.kind === 'frames') return conversationView(body, 'server')
  const events = sentEvents(body)
  if (events !== undefined || body.kind === 'events') return streamView(events ?? [])
  return status < 400 ? bodyView(body) : errorView(bodyView(body), readAnswer(response).error)
}

/** Gives errors their own form, as they share no fields with a successful response. The note is the error message. */
function errorView({ documents, form }: ComparableView, error: AnswerError | undefined): ComparableView {
  const [json] = documents.map((document) => document.json)
  const message = typeof json === 'string' ? json : error?.message
  const note = [error?.code, message].filter((each) => each !== undefined).join(', ')
  return {
    ...viewOf(`an error, ${form}`, ...documents.map((document) => document.json)),
    ...(note === '' ? {} : { note: excerpt(note, 0, 120) }),
  }
}

function bodyView(body: RequestBody | Exclude<ResponseBody, { kind: 'events' | 'frames' }>): ComparableView {
  if (body.kind === 'multipart') return viewOf('a form', fieldsOf(body.parts))
  if (body.kind !== 'json' && body.kind !== 'text') {
    return body.kind === 'empty' ? viewOf('nothing') : viewOf('bytes', contentOf(body))
  }
  const parsed = parseJson(body.text)
  const json = parsed === undefined ? jsonLines(body.text) : parsed
  const isJson = body.kind === 'json' || (typeof json === 'object' && json !== null)
  return isJson && json !== undefined ? viewOf('JSON', json) : viewOf('text', body.text)
}

function viewOf(form: string, ...documents: readonly Json[]): ComparableView {
  return {
    form,
    events: new Map(),
    counted: new Set(),
    documents: documents.map((json): ComparableDocument => ({ label: '', json })),
  }
}

/** Form fields by name. Fields with the same name become a list. */
function fieldsOf(parts: readonly FormPart[]): Json {
  const fields = Map.groupBy(parts, ({ name }) => name)
  return Object.fromEntries(
    [...fields].map(([name, [first, ...more]]) => [
      name,
      more.length === 0 ? valueOf(first as FormPart) : [first as FormPart, ...more].map(valueOf),
    ]),
  )
}

function valueOf({ filename, type, content }: FormPart): Json {
  return filename === undefined
    ? contentOf(content)
    : { filename, type: type ?? null, content: contentOf(content) }
}

function contentOf(content: FormPart['content']): Json {
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

/** Parses JSON Lines with one object per line, as in batch files. */
function jsonLines(text: string): Json | undefined {
  if (!text.startsWith('{')) return undefined
  const lines = text.split('\n').filter((line) => line !== '')
  const objects = lines.map(parseJson).filter((json) => isJsonObject(json))
  return objects.length === lines.length ? objects : undefined
}
