import type { AnswerResult } from '../../api/answer.ts'
import { asObject, nonEmptyText, objectsIn } from '../../json/access.ts'
import { isJsonObject, type Json, type JsonObject } from '../../json/json.ts'
import { isUnfinished } from './ends.ts'
import { endsResponse, type ObjectEvent } from './events.ts'
import { usageFrom } from './tokens.ts'

/** What a JSON document reports on: what it is, or what it lists. */
export function resultsOf(json: Json): readonly AnswerResult[] {
  if (!isJsonObject(json)) return []
  const isList = json['object'] === 'list' && !isJsonObject(json['usage']) && Array.isArray(json['data'])
  return (isList ? objectsIn(json['data']) : [json]).map((each) => resultOf(each, modelIn(json)))
}

function resultOf(json: JsonObject, model: string | undefined): AnswerResult {
  const usage = isUnfinished(json) ? undefined : usageFrom(reportedIn(json))
  return { id: nonEmptyText(json['id']), model: modelIn(json) ?? model, usage, json }
}

/** It is empty in Azure's first event. */
export function modelIn({ model }: JsonObject): string | undefined {
  return nonEmptyText(model)
}

function reportedIn({ usage, x_groq: groq }: JsonObject): Json | undefined {
  return usage ?? asObject(groq)['usage']
}

/**
 * The subject of a stream: the last that has usage, as some upstreams send the usage so far with every event; without
 * any, the last that is whole.
 * @param joined what its pieces make up, if it comes in pieces
 * @param model the last that an event names
 */
export function resultOfStream(
  events: readonly ObjectEvent[],
  joined: JsonObject | undefined,
  model: string | undefined,
): readonly AnswerResult[] {
  // The only streams with usages of several things, without saying how these add up.
  if (events.filter(({ type, json }) => /^image_\w+\.completed$/.test(type) && hasUsage(json)).length > 1)
    return []
  const whole = [...events.map(({ json }) => json), ...(joined === undefined ? [] : [joined])].flatMap(
    (json): readonly JsonObject[] =>
      isJsonObject(json['response']) ? [json['response']] : isWhole(json) ? [json] : [],
  )
  const subject = whole.findLast(hasUsage) ?? whole.at(-1)
  return subject === undefined ? [] : [resultOf(subject, model)]
}

function hasUsage(json: JsonObject): boolean {
  return isJsonObject(reportedIn(json))
}

/** Whether this is the stream's subject, and no step of a run, message or item of it. */
function isWhole(json: JsonObject): boolean {
  const { object: kind, usage, stop_reason: stop } = json
  // A message of Anthropic's API reports the usage so far until it stops.
  if (kind === undefined) return isJsonObject(usage) && stop !== null
  return typeof kind === 'string' && !/^thread\.(?!run$)|\.delta$/.test(kind)
}

/** What a conversation over a WebSocket reports: each Response, and each transcription. */
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
  // The second is of older sessions, and Azure's.
  return modelIn(asObject(transcription ?? session['input_audio_transcription']))
}
