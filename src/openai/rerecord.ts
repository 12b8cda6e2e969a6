import type { RecordedResponse } from '../cassette/cassette.ts'
import type { RerecordSupport } from '../api/dialect.ts'
import { headerValue } from '../http/message.ts'
import { type JsonObject, parseJson } from '../json/json.ts'
import { isUnfinished } from './answers/ends.ts'
import { readAnswer } from './answers/read-answer.ts'
import { withModels } from './models-in.ts'
import { object } from './usage/tokens.ts'
import { isRetried, POLL, RETRY } from './wait-hints.ts'

/** What re-recording must know of OpenAI's API. */
export const rerecord: RerecordSupport = {
  readAnswer,
  progressOf: (response) => {
    const made = jsonOf(response)
    if (response.status !== 200 || typeof made['status'] !== 'string') return undefined
    return isUnfinished(made) ? 'unfinished' : 'at rest'
  },
  isWorthRetrying: (response) =>
    isRetried(response.status, response.headers) &&
    headerValue(response.headers, 'x-should-retry') !== 'false' &&
    object(jsonOf(response)['error'])['code'] !== 'insufficient_quota',
  waitOf: (headers) => {
    const ms = headerValue(headers, RETRY) ?? headerValue(headers, POLL)
    if (ms !== undefined && Number(ms) >= 0) return Number(ms)
    const seconds = headerValue(headers, 'retry-after')
    // It may be a date as well. The API sends seconds.
    return seconds !== undefined && Number(seconds) >= 0 ? Number(seconds) * 1000 : undefined
  },
  withModels,
  landmark: (message) => {
    const type = object(parseJson(message))['type']
    return typeof type === 'string' && !PASSING.test(type) ? type : undefined
  },
  errorText: (response) => {
    const error = jsonOf(response)['error']
    const message = typeof error === 'string' ? error : object(error)['message']
    return typeof message === 'string' ? message.replaceAll(/\s+/g, ' ').slice(0, LONGEST) : undefined
  },
}

/** Pieces of what is told as a whole at its end, whose number is chance; and limits, which say nothing of the answer. */
const PASSING = /\.delta$|^rate_limits\./

/** Of a message that is told in a line, in characters. */
const LONGEST = 300

function jsonOf({ body }: RecordedResponse): JsonObject {
  return object(body.kind === 'json' || body.kind === 'text' ? parseJson(body.text) : undefined)
}
