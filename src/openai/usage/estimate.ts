import type { RecordedRequest } from '../../cassette/cassette.ts'
import { headerValue, splitTarget } from '../../http/message.ts'
import { asObject } from '../../json/access.ts'
import { type JsonObject, parseJson } from '../../json/json.ts'
import type { Tokens } from '../../api/usage.ts'

/** Characters of a token, as OpenAI's guide to rate limits counts. */
const CHARACTERS = 4

/** Tokens that an answer is assumed to have where its request sets no maximum. */
const DEFAULT_OUTPUT = 1000

/** Paths whose answers are text, in tokens. */
const WRITES = /\/(?:completions|responses|runs)$/

const MAXIMUM_FIELDS = ['max_output_tokens', 'max_completion_tokens', 'max_tokens'] as const

/**
 * What a request may use, as far as it can be known before the answer: a token for each four characters of
 * its body without files, and the most that it allows for the answer.
 */
export function estimateUsage({ path: target, headers, body }: RecordedRequest): Tokens {
  // A conversation has one answer at least.
  if (headerValue(headers, 'upgrade') === 'websocket') return { output: DEFAULT_OUTPUT }
  if (body.kind !== 'json') return {}
  const json = asObject(parseJson(body.text))
  const input = Math.ceil(body.text.replaceAll(FILE, '').length / CHARACTERS)
  const maximum = maximumOutput(json)
  if (maximum === undefined && !WRITES.test(splitTarget(target).path)) return { input }
  const answers = typeof json['n'] === 'number' ? json['n'] : 1
  return { input, output: (maximum ?? DEFAULT_OUTPUT) * answers }
}

/** Base64, alone or in a data URL. */
const FILE = /[\w+/=:;,.-]{1000,}/g

/**
 * What a request counts against a rate limit while its usage is unknown: a token for each four characters of
 * its body, and the most that it allows for the answer.
 */
export function estimateForLimits({ body }: RecordedRequest): number {
  if (body.kind !== 'json') return 0
  const maximum = maximumOutput(asObject(parseJson(body.text)))
  return Math.ceil(body.text.length / CHARACTERS) + (maximum ?? 0)
}

function maximumOutput(json: JsonObject): number | undefined {
  return MAXIMUM_FIELDS.map((name) => json[name]).find((each) => typeof each === 'number')
}
