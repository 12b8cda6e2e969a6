import { isJsonObject, type JsonObject } from '../../json/json.ts'
import { objectsIn } from './items.ts'

/** How things ended that an answer tells of, by place. What goes on has no end yet. */
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
    if (typeof kind !== 'string' || !ENDING.test(kind) || typeof status !== 'string') continue
    if (LASTING.has(status)) ends.set(`status of the ${kind}`, status + reasonOf(json))
  }
  return ends
}

/** Things that come to an end, well or not. */
const ENDING =
  /^(?:(?:realtime\.)?response|thread\.run|batch|fine_tuning\.job|vector_store\.file(?:s?_batch)?|video|eval\.run)$/

const LASTING: ReadonlySet<string> = new Set([
  'completed',
  'succeeded',
  'incomplete',
  'requires_action',
  'failed',
  'cancelled',
  'expired',
])

function reasonOf({ incomplete_details: details, error, last_error: last }: JsonObject): string {
  if (isJsonObject(details) && typeof details['reason'] === 'string') return ` (${details['reason']})`
  const why = isJsonObject(error) ? error : last
  return isJsonObject(why) ? ` (${codeOf(why)})` : ''
}

function codeOf({ code, type }: JsonObject): string {
  return String(code ?? type ?? 'error')
}

/** Whether it goes on, and is asked after until it does not. */
export function isUnfinished({ id, status }: JsonObject): boolean {
  return typeof id === 'string' && typeof status === 'string' && UNFINISHED.has(status)
}

/** States of Responses, runs, batches, files in stores, jobs and videos that do not last. */
const UNFINISHED: ReadonlySet<string> = new Set([
  'queued',
  'in_progress',
  'validating',
  'validating_files',
  'running',
  'processing',
  'pending',
  'finalizing',
  'cancelling',
])
