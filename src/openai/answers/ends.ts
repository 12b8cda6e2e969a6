import { isJsonObject, type JsonObject, parseJson } from '../../json/json.ts'
import { objectsIn } from '../../json/access.ts'

/** How the objects in a response ended, by location. Unfinished objects are not included. */
export function endsOf(documents: readonly JsonObject[]): ReadonlyMap<string, string> {
  const ends = new Map<string, string>()
  for (const json of documents) {
    for (const choice of objectsIn(json['choices'])) {
      const reason = choice['finish_reason']
      if (typeof reason === 'string')
        ends.set(`choices[${String(choice['index'] ?? 0)}].finish_reason`, reason)
    }
    if (isJsonObject(json['error']) && !('status' in json)) ends.set('error', codeOf(json['error']))
    const { object: kind, status } = json
    if (typeof kind !== 'string' || !HAS_FINAL_STATUS.test(kind) || typeof status !== 'string') continue
    if (FINAL_STATUSES.test(status)) ends.set(`status of the ${kind}`, status + reasonOf(json))
  }
  return ends
}

/** Objects with a final status. */
const HAS_FINAL_STATUS =
  /^(?:(?:realtime\.)?response|thread\.run|batch|fine_tuning\.job|vector_store\.file(?:s?_batch)?|video|eval\.run)$/

const FINAL_STATUSES = /^(?:completed|succeeded|incomplete|requires_action|failed|cancelled|expired)$/

function reasonOf({ incomplete_details: details, error, last_error: last }: JsonObject): string {
  if (isJsonObject(details) && typeof details['reason'] === 'string') return ` (${details['reason']})`
  const why = isJsonObject(error) ? error : last
  return isJsonObject(why) ? ` (${codeOf(why)})` : ''
}

function codeOf({ code, type }: JsonObject): string {
  return String(code ?? type ?? 'error')
}

/** Whether an object is still in progress, so that clients poll it. */
export function isUnfinished({ id, status }: JsonObject): boolean {
  return typeof id === 'string' && typeof status === 'string' && UNFINISHED_STATUSES.test(status)
}

/** Of Responses, runs, batches, files in vector stores, jobs and videos. */
const UNFINISHED_STATUSES =
  /^(?:queued|in_progress|validating|validating_files|running|processing|pending|finalizing|cancelling)$/

/** Whether this event completes a stream, so that clients may disconnect after it. */
export function isFinalEvent({ name, data }: { readonly name?: string; readonly data?: string }): boolean {
  return data === '[DONE]' || FINAL_EVENTS.test(name ?? '') || (data !== undefined && isError(data))
}

/** Responses, Assistants, audio and image streams end with one of these instead of `[DONE]` (OpenAI's API reference). */
const FINAL_EVENTS =
  /^(?:response\.(?:completed|failed|incomplete)|done|error|(?:speech\.audio|transcript\.text)\.done|image_(?:generation|edit)\.completed)$/

/** An error in a chat stream has no event name. OpenAI's clients throw the error and close the stream. */
function isError(data: string): boolean {
  // Avoids parsing most events.
  if (!data.includes('"error"')) return false
  const json = parseJson(data)
  return isJsonObject(json) && Boolean(json['error'])
}
