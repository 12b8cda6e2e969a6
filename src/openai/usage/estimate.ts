import type { RecordedRequest } from '../../cassette/cassette.ts'
import { isJsonObject, parseJson } from '../../json/json.ts'

/** Characters that a token has, as OpenAI's guide to rate limits reckons. */
const CHARACTERS = 4

const MOST = ['max_output_tokens', 'max_completion_tokens', 'max_tokens'] as const

/**
 * What a request counts against a limit when nobody knows what it used: a token for each four
 * characters of its body, and what it lets the model answer.
 */
export function estimateForLimits({ body }: RecordedRequest): number {
  if (body.kind !== 'json') return 0
  const json = parseJson(body.text)
  const asked = isJsonObject(json) ? MOST.map((name) => json[name]) : []
  const most = asked.find((each) => typeof each === 'number') ?? 0
  return Math.ceil(body.text.length / CHARACTERS) + (most as number)
}
