import type { AnswerError, AnswerForm, AnswerRecord, StreamForm } from '../../api/answer.ts'
import { asObject, asObjects, nonEmptyText, objectsIn } from '../../json/access.ts'
import { isJsonObject, type JsonObject } from '../../json/json.ts'
import { callsToAnswer } from './calls.ts'
import { documentsOf } from './documents.ts'
import { endsOf, isUnfinished } from './ends.ts'
import { answerEvent, isChunk, isDelta, type ObjectEvent, type SentEvent } from './events.ts'
import { withPiece } from './join.ts'
import { OutputItems } from './output-items.ts'
import { messageOf, outputsOf, outputsOfItems } from './outputs.ts'
import { modelIn, resultOfStream, resultsOfConversation } from './results.ts'

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
  #joined: JsonObject | undefined
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
      this.#join(withoutLogprobs(json))
      return objectsIn(json['choices']).some(hasFragment)
    }
    if (type === 'message_start') this.#join(asObject(message))
    else if (type === 'message_delta') this.#join({ ...asObject(delta), usage: usage ?? null })
    else if (!isDelta(type)) this.#events.push(event)
    return this.#items.add(event)
  }

  #join(piece: JsonObject): void {
    this.#joined = withPiece(this.#joined ?? {}, piece)
  }

  get record(): AnswerRecord {
    const joined = this.#joined && withMessages(this.#joined)
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

/** Log probabilities are large and not used. */
function withoutLogprobs(chunk: JsonObject): JsonObject {
  if (!Array.isArray(chunk['choices'])) return chunk
  const choices = objectsIn(chunk['choices']).map((choice) => {
    const { logprobs: _, ...rest } = choice
    return rest
  })
  return { ...chunk, choices }
}

/** Converts joined chunks to the form of a completion that was not streamed. */
function withMessages(joined: JsonObject): JsonObject {
  const { choices } = joined
  if (!Array.isArray(choices)) return joined
  return {
    ...joined,
    choices: objectsIn(choices).map(({ delta, ...choice }) =>
      delta === undefined ? choice : { ...choice, message: messageOf({ ...choice, delta }) },
    ),
  }
}

/** Builds a record, including the fields that are derived from its documents. */
export function recordOf(
  form: AnswerForm,
  documents: AnswerRecord['documents'],
  rest: Pick<AnswerRecord, 'outputs' | 'results' | 'events'>,
): AnswerRecord {
  const objects = documents.flatMap(({ json }) => asObjects(json))
  const ends = endsOf(objects)
  return {
    form,
    documents,
    ...rest,
    calls: callsToAnswer(documents),
    ends,
    isPending: ends.size === 0 && objects.some(isUnfinished),
    error: objects.map(errorIn).find((error) => error !== undefined),
  }
}

function errorIn(json: JsonObject): AnswerError | undefined {
  // In the Responses API, the `error` event itself is the error object.
  const error = json['type'] === 'error' && json['error'] === undefined ? json : json['error']
  if (typeof error === 'string') return { code: undefined, message: error }
  if (!isJsonObject(error)) return undefined
  const { code, type, message } = error
  return { code: nonEmptyText(code) ?? nonEmptyText(type), message: nonEmptyText(message) }
}
