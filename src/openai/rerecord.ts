import type { RerecordSupport } from '../api/dialect.ts'
import { headerValue } from '../http/message.ts'
import { parseJson } from '../json/json.ts'
import { readAnswer } from './answers/read-answer.ts'
import { rewireRules } from './rewire-rules.ts'
import { secretShapes } from './shapes.ts'
import { isRetried, POLL, RETRY } from './wait-hints.ts'
import { withModels } from './with-models.ts'
import { asObject } from '../json/access.ts'

/** What re-recording has to know about OpenAI's API. */
export const rerecord: RerecordSupport = {
  rewireRules,
  progressOf: (response) => {
    const { form, documents, isPending } = readAnswer(response)
    const isPolled = form === 'JSON' && typeof asObject(documents[0]?.json)['status'] === 'string'
    if (response.status !== 200 || !isPolled) return undefined
    return isPending ? 'unfinished' : 'at rest'
  },
  isWorthRetrying: (response) =>
    isRetried(response.status, response.headers) &&
    headerValue(response.headers, 'x-should-retry') !== 'false' &&
    readAnswer(response).error?.code !== 'insufficient_quota',
  waitOf: (headers) => {
    const ms = headerValue(headers, RETRY) ?? headerValue(headers, POLL)
    if (ms !== undefined && Number(ms) >= 0) return Number(ms)
    const seconds = headerValue(headers, 'retry-after')
    // It may also be a date. The API sends seconds.
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

/** Deltas, whose number is chance and whose whole comes at the end; and limits, which are not about the answer. */
const TRANSIENT = /\.delta$|^rate_limits\./

/** Characters. */
const MAX_ERROR_TEXT = 300

const PLACEHOLDER = new RegExp(String.raw`\b${secretShapes.placeholders.whole}`)
