import type { AnswerResult } from '../../api/answer.ts'
import { asObject, nonEmptyText, objectsIn } from '../../json/access.ts'
import { isJsonObject, type Json, type JsonObject } from '../../json/json.ts'
import { isUnfinished } from './ends.ts'
import { endsResponse, type ObjectEvent } from './events.ts'
import { usageFrom } from './tokens.ts'

/** The results in a JSON document: the items of a list, or the document itself. */
export function resultsOf(json: Json): readonly AnswerResult[] {
  if (!isJsonObject(json)) return []
  const isList = json['object'] === 'list' && !isJsonObject(json['usage']) && Array.isArray(json['data'])
  return (isList ? objectsIn(json['data']) : [json]).map((each) => resultOf(each, modelIn(json)))
}

function resultOf(json: JsonObject, model: string | undefined): AnswerResult {
  const usage = isUnfinished(json) ? undefined : usageFrom(usageIn(json))
  return { id: nonEmptyText(json['id']), model: modelIn(json) ?? model, usage, json }
}

/** The `model` member; undefined if it is empty, as in Azure's first event. */
export function modelIn({ model }: JsonObject): string | undefined {
  return nonEmptyText(model)
}

function usageIn({ usage, x_groq: groq }: JsonObject): Json | undefined {
  return usage ?? asObject(groq)['usage']
}

/**
 * The result of a stream: its last complete object with usage, or its last complete object if none has usage. The last
 * one counts because some upstreams send the usage so far with every event.
 * @param joined the joined pieces of a stream of chunks
 * @param model the last model that an event names
 */
export function resultOfStream(
  events: readonly ObjectEvent[],
  joined: JsonObject | undefined,
  model: string | undefined,
): readonly AnswerResult[] {
  // Only these streams report several usages, and it is unknown whether they add up.
  if (events.filter(({ type, json }) => /^image_\w+\.completed$/.test(type) && hasUsage(json)).length > 1)
    return []
  const complete = [...events.map(({ json }) => json), ...(joined === undefined ? [] : [joined])].flatMap(
    (json): readonly JsonObject[] =>
      isJsonObject(json['response']) ? [json['response']] : isComplete(json) ? [json] : [],
  )
  const subject = complete.findLast(hasUsage) ?? complete.at(-1)
  return subject === undefined ? [] : [resultOf(subject, model)]
}

function hasUsage(json: JsonObject): boolean {
  return isJsonObject(usageIn(json))
}

/** Whether an object is the result of a stream rather than a run step, a message or an item. */
function isComplete(json: JsonObject): boolean {
  const { object: kind, usage, stop_reason: stop } = json
  // Until it stops, a message of Anthropic's API reports only the usage so far.
  if (kind === undefined) return isJsonObject(usage) && stop !== null
  return typeof kind === 'string' && !/^thread\.(?!run$)|\.delta$/.test(kind)
}

/** The results of a WebSocket conversation: one per Response and one per transcription. */
export function resultsOfConversation(events: readonly ObjectEvent[]): readonly AnswerResult[] {
  let model: string | undefined
  let transcriber: string | undefined
  const results: AnswerResult[] = []
  for (const { type, json } of events) {
    const session = asObject(json['session'])
    model = modelIn(session) ?? model
    transcriber = transcriberIn(session) ?? transcriber
    if (endsResponse(type))
      results.push(resultOf(asObject(json['response']), type === 'response.done' ? model : undefined))
    else if (type === 'conversation.item.input_audio_transcription.completed')
      results.push(resultOf({ id: json['event_id'] ?? null, usage: json['usage'] ?? null }, transcriber))
  }
  return results
}

function transcriberIn(session: JsonObject): string | undefined {
  const { transcription } = asObject(asObject(session['audio'])['input'])
  // Older sessions and Azure use `input_audio_transcription`.
  return modelIn(asObject(transcription ?? session['input_audio_transcription']))
}
