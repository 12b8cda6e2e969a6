import type { RecordedRequest } from '../../cassette/cassette.ts'
import { headerValue, splitTarget } from '../../http/message.ts'
import { asObject } from '../../json/access.ts'
import { type JsonObject, parseJson } from '../../json/json.ts'
import type { Tokens } from '../../api/usage.ts'

/** As in OpenAI's guide to rate limits. */
const CHARACTERS_PER_TOKEN = 4

/** Assumed output tokens of a response if the request sets no maximum. */
const DEFAULT_OUTPUT = 1000

/** Paths whose responses are text. */
const TEXT_PATHS = /\/(?:completions|responses|runs)$/

const MAXIMUM_FIELDS = ['max_output_tokens', 'max_completion_tokens', 'max_tokens'] as const

/**
 * Estimates a request's usage before its response is known: one token for every four characters of its body without
 * files, and the maximum output that it allows.
 */
export function estimateUsage({ path: target, headers, body }: RecordedRequest): Tokens {
  // A WebSocket conversation has at least one response.
  if (headerValue(headers, 'upgrade') === 'websocket') return { output: DEFAULT_OUTPUT }
  if (body.kind !== 'json') return {}
  const json = asObject(parseJson(body.text))
  const input = Math.ceil(body.text.replaceAll(FILE, '').length / CHARACTERS_PER_TOKEN)
  const maximum = maximumOutput(json)
  if (maximum === undefined && !TEXT_PATHS.test(splitTarget(target).path)) return { input }
  const answers = typeof json['n'] === 'number' ? json['n'] : 1
  return { input, output: (maximum ?? DEFAULT_OUTPUT) * answers }
}

/** Matches base64, alone or in a data URL. */
const FILE = /[\w+/=:;,.-]{1000,}/g

/**
 * Estimates the tokens that a request counts against a rate limit until its usage is known: one token for every four
 * characters of its body, and the maximum output that it allows.
 */
export function estimateForLimits({ body }: RecordedRequest): number {
  if (body.kind !== 'json') return 0
  const maximum = maximumOutput(asObject(parseJson(body.text)))
  return Math.ceil(body.text.length / CHARACTERS_PER_TOKEN) + (maximum ?? 0)
}

function maximumOutput(json: JsonObject): number | undefined {
  return MAXIMUM_FIELDS.map((name) => json[name]).find((each) => typeof each === 'number')
}
