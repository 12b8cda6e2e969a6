import type { AnswerError, AnswerForm, AnswerRecord, ReadAnswer, StreamForm } from '../../api/answer.ts'
import { frameTexts } from '../../cassette/bodies/body.ts'
import type { RecordedResponse } from '../../cassette/cassette.ts'
import { headerValue } from '../../http/message.ts'
import { asObject, asObjects, nonEmptyText, objectsIn } from '../../json/access.ts'
import { isJsonObject, type Json, type JsonObject, parseJson } from '../../json/json.ts'
import { documentOf, documentsOf } from './documents.ts'
import { endsOf, isUnfinished } from './ends.ts'
import { answerEvent, isChunk, isDelta, type ObjectEvent, type SentEvent, sentEvents } from './events.ts'
import { addPiece, type JoinedObject } from './join.ts'
import { OutputItems } from './output-items.ts'
import { callsToAnswer, messageOf, outputsOf, outputsOfItems } from './outputs.ts'
import { modelIn, resultOfStream, resultsOf, resultsOfConversation } from './results.ts'

const records = new WeakMap<RecordedResponse, AnswerRecord>()

/** Reads a response on first use and caches the result. */
export const readAnswer: ReadAnswer = (response) => {
  const known = records.get(response)
  if (known !== undefined) return known
  const record = read(response)
  records.set(response, record)
  return record
}

function read({ headers, body }: RecordedResponse): AnswerRecord {
  if (body.kind === 'frames') {
    const messages = frameTexts(body.frames, 'server')
    return readStream(
      'a conversation',
      messages.map((data) => ({ data })),
    )
  }
  const events = sentEvents(body)
  if (events !== undefined) return readStream('a stream of events', events)
  if (body.kind !== 'json' && body.kind !== 'text')
    return recordOf(body.kind === 'empty' ? 'nothing' : 'bytes', [], {})
  const json = parseJson(body.text) ?? body.text
  const form = formOf(json, body.text, headerValue(headers, 'content-type') ?? '')
  return recordOf(form, [documentOf('body', json)], { outputs: outputsOf(json), results: resultsOf(json) })
}

const NO_EVENTS = { others: new Map<string, number>(), last: undefined, sequence: undefined }

function formOf(json: Json, text: string, type: string): AnswerForm {
  if (typeof json === 'object' && json !== null) return 'JSON'
  if (text.trim() === '') return 'nothing'
  return /\bhtml\b/.test(type) || /^\s*<(?:!doctype\s+)?html\b/i.test(text) ? 'HTML' : 'text'
}

function readStream(form: StreamForm, events: readonly SentEvent[]): AnswerRecord {
  const reader = new AnswerReader(form)
  for (const event of events) reader.add(event)
  return reader.record
}

/**
 * Reads a stream event by event. `record` has the response so far at any time.
 *
 * @example
 * const reader = new AnswerReader('a stream of events')
 * for (const raw of raws) reader.add(readEvent(raw))
 * const { outputs } = reader.record
 */
export class AnswerReader {
  readonly #form: StreamForm
  readonly #events: ObjectEvent[] = []
  readonly #items = new OutputItems()
  readonly #others = new Map<string, number>()
  /** The joined chunks of a completion, or the joined events of Anthropic's API without their texts. */
  #joined: JoinedObject | undefined
  #model: string | undefined
  #last = ''
  #sequence: number | undefined

  constructor(form: StreamForm) {
    this.#form = form
  }

  add({ name, data }: SentEvent): void {
    const { type, json } = answerEvent(data ?? '', name)
    if (isJsonObject(json) && this.#take({ type, json })) return
    const shown = type === 'data' ? (data ?? 'comment').slice(0, MAX_SHOWN) : type
    this.#others.set(shown, (this.#others.get(shown) ?? 0) + 1)
  }

  /** @returns whether the event contains a fragment of an output */
  #take(event: ObjectEvent): boolean {
    const { type, json } = event
    const { response, message, delta, usage, sequence_number: sequence } = json
    this.#last = type
    this.#model = modelIn(isJsonObject(response) ? response : json) ?? this.#model
    if (typeof sequence === 'number') this.#sequence = sequence
    if (isChunk(json)) {
      this.#join(json)
      return objectsIn(json['choices']).some(hasFragment)
    }
    if (type === 'message_start') this.#join(asObject(message))
    else if (type === 'message_delta') this.#join({ ...asObject(delta), usage: usage ?? null })
    else if (!isDelta(type)) this.#events.push(event)
    return this.#items.add(event)
  }

  #join(piece: JsonObject): void {
    this.#joined ??= {}
    addPiece(this.#joined, piece)
  }

  get record(): AnswerRecord {
    const joined = this.#joined && asCompletion(structuredClone(this.#joined))
    const isConversation = this.#form === 'a conversation'
    const isTerminated = !isConversation && /(?:^|\.)(?:done|completed)$/.test(this.#last)
    return recordOf(this.#form, documentsOf(joined, this.#events), {
      outputs: [...outputsOf(joined ?? null), ...outputsOfItems(this.#items.all)],
      results: isConversation
        ? resultsOfConversation(this.#events)
        : resultOfStream(this.#events, joined, this.#model),
      events: {
        others: new Map(this.#others),
        last: isTerminated ? this.#last : undefined,
        sequence: this.#sequence,
      },
    })
  }
}

/** Maximum length of an untyped event's data where it stands in for the type, in characters. */
const MAX_SHOWN = 40

function hasFragment({ text, delta }: JsonObject): boolean {
  if (typeof text === 'string') return true
  return Object.entries(asObject(delta)).some(([member, value]) => member !== 'role' && value !== null)
}

/** Converts joined chunks to the form of a completion that was not streamed, without its log probabilities. */
function asCompletion(joined: JsonObject): JsonObject {
  if (!Array.isArray(joined['choices'])) return joined
  const choices = objectsIn(joined['choices']).map((choice) => {
    const { delta, logprobs: _, ...more } = choice
    return delta === undefined ? more : { ...more, message: messageOf(choice) }
  })
  return { ...joined, choices }
}

/** Builds a record, including the fields that are derived from its documents. */
function recordOf(
  form: AnswerForm,
  documents: AnswerRecord['documents'],
  { outputs = [], results = [], events = NO_EVENTS }: Partial<AnswerRecord>,
): AnswerRecord {
  const objects = documents.flatMap(({ json }) => asObjects(json))
  const ends = endsOf(objects)
  return {
    form,
    documents,
    outputs,
    results,
    events,
    calls: callsToAnswer(documents),
    ends,
    isPending: ends.size === 0 && objects.some(isUnfinished),
    error: objects.map(errorIn).find((error) => error !== undefined),
  }
}

function errorIn(json: JsonObject): AnswerError | undefined {
  // In the Responses API, the `error` event itself is the error object. The error text of an item is its tool's.
  const error = json['type'] === 'error' && json['error'] === undefined ? json : json['error']
  if (typeof error === 'string' && json['type'] === undefined) return { code: undefined, message: error }
  if (!isJsonObject(error)) return undefined
  const { code, type, message } = error
  return { code: nonEmptyText(code) ?? nonEmptyText(type), message: nonEmptyText(message) }
}
