import type { RecordedRequest } from '../../cassette/cassette.ts'
import { headerValue, splitTarget } from '../../http/message.ts'
import { isJsonObject, parseJson } from '../../json/json.ts'
import type { Tokens } from '../../api/usage.ts'
import { mayAskModel } from './usage.ts'

/** Whether a request has a model do something. Nobody pays for asking how far that is, or for ending it. */
export function callsModel({ method, path: target, headers }: RecordedRequest): boolean {
  if (headerValue(headers, 'upgrade') === 'websocket') return true
  const { path } = splitTarget(target)
  return method === 'POST' && mayAskModel(path) && !TENDS.test(path)
}

/** What is about work that another request began: it is ended, or given other metadata. */
const TENDS = /\/(?:cancel|pause)$|\/chat\/completions\/[^/]+$|\/runs\/[^/]+$/

/** Characters that a token has, as OpenAI's guide to rate limits reckons. */
const CHARACTERS = 4

/** Tokens that an answer is taken to have where its request does not say how many it may have. */
const ANSWER = 1000

/** What answers in tokens of text. */
const WRITES = /\/(?:completions|responses|runs)$/

const MOST = ['max_output_tokens', 'max_completion_tokens', 'max_tokens'] as const

/**
 * What a request may use, as far as it tells: a token for each four characters of its body, files in it left out,
 * and what it lets the model answer.
 */
export function estimateUsage({ path: target, body }: RecordedRequest): Tokens {
  if (body.kind !== 'json') return {}
  const json = parseJson(body.text)
  const asked = isJsonObject(json) ? json : {}
  const input = Math.ceil(body.text.replaceAll(FILE, '').length / CHARACTERS)
  const most = MOST.map((name) => asked[name]).find((each) => typeof each === 'number')
  if (most === undefined && !WRITES.test(splitTarget(target).path)) return { input }
  const answers = typeof asked['n'] === 'number' ? asked['n'] : 1
  return { input, output: (most ?? ANSWER) * answers }
}

/** Base64, alone or in a data URL. */
const FILE = /[\w+/=:;,.-]{1000,}/g
