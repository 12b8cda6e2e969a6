import type { RerecordSupport } from '../api/dialect.ts'
import { headerValue } from '../http/message.ts'
import { parseJson } from '../json/json.ts'
import { readAnswer } from './answers/read-answer.ts'
import { rewireRules } from './rewire-rules.ts'
import { secretShapes } from './shapes.ts'
import { isRetried, POLL, RETRY } from './wait-hints.ts'
import { withModels } from './with-models.ts'
import { asObject } from '../json/access.ts'

/** Knowledge of OpenAI's API that re-recording needs. */
export const rerecord: RerecordSupport = {
  rewireRules,
  progressOf: (response) => {
    const { form, documents, isPending } = readAnswer(response)
    const isPolled = form === 'JSON' && typeof asObject(documents[0]?.json)['status'] === 'string'
    if (response.status !== 200 || !isPolled) return undefined
    return isPending ? 'unfinished' : 'settled'
  },
  isWorthRetrying: (response) =>
    isRetried(response.status, response.headers) &&
    headerValue(response.headers, 'x-should-retry') !== 'false' &&
    readAnswer(response).error?.code !== 'insufficient_quota',
  waitOf: (headers) => {
    const ms = headerValue(headers, RETRY) ?? headerValue(headers, POLL)
    if (ms !== undefined && Number(ms) >= 0) return Number(ms)
    const seconds = headerValue(headers, 'retry-after')
    // The API sends seconds. By the HTTP standard, the value may also be a date.
    return seconds !== undefined && Number(seconds) >= 0 ? Number(seconds) * 1000 : undefined
  },
  withModels,
  milestone: (message) => {
    const type = asObject(parseJson(message))['type']
    return typeof type === 'string' && !TRANSIENT.test(type) ? type : undefined
  },
  errorText: (response) =>
    readAnswer(response).error?.message?.replaceAll(/\s+/g, ' ').slice(0, MAX_ERROR_TEXT),
  redactedSecret: (text) => PLACEHOLDER.exec(text)?.[0],
  refusedKey: [['authorization', 'Bearer sk-bad-key-that-nobody-has']],
}

/** Deltas vary in number and are repeated in full at the end. Rate limits are unrelated to the response. */
const TRANSIENT = /\.delta$|^rate_limits\./

/** In characters. */
const MAX_ERROR_TEXT = 300

const PLACEHOLDER = new RegExp(String.raw`\b${secretShapes.placeholders.fullPattern}`)
