import type { Model } from 'openai/resources/models'
import { type Answer, lines } from './answer.ts'
import { ApiError, errorBody } from './errors.ts'

const MODELS: readonly Model[] = [
  model('gpt-4o-mini', 1_721_172_741),
  model('gpt-5-mini', 1_754_425_928),
  model('gpt-5.4-mini', 1_773_705_600),
  model('gpt-4', 1_687_882_411),
  model('gpt-image-1', 1_745_517_030),
  model('gpt-image-1-mini', 1_758_845_821),
  model('gpt-4o-mini-tts', 1_742_403_959),
  model('gpt-4o-transcribe', 1_742_068_463),
  model('gpt-4o-mini-transcribe', 1_742_068_596),
  model('whisper-1', 1_677_532_384),
  model('omni-moderation-latest', 1_731_689_265),
  model('text-embedding-3-small', 1_705_948_997),
  model('text-embedding-3-large', 1_705_953_180),
]

export function listModels(): Answer {
  return lines({ object: 'list', data: MODELS })
}

export function retrieveModel(id: string): Answer {
  const found = MODELS.find((each) => each.id === id)
  if (found !== undefined) return lines(found)
  throw unknownModel(`The model '${id}' does not exist`, 'model')
}

/** Models whose name says what goes wrong with them. */
export const RATE_LIMITED_ONCE = 'rate-limited-once'
export const BROKEN_ONCE = 'server-error-once'
export const BREAKS_MID_STREAM = 'server-error-mid-stream'
const BROKEN = 'server-error'

/**
 * The name under which a model answers.
 * @throws ApiError for none, one that nobody has, and one that is broken
 */
export function resolveModel(id: string | undefined): string {
  if (id === undefined || id === '') {
    throw new ApiError(
      400,
      errorBody('you must provide a model parameter', { type: 'invalid_request_error' }),
    )
  }
  if (id === BROKEN) throw broken()
  if (id === RATE_LIMITED_ONCE || id === BROKEN_ONCE) return 'gpt-4o-mini-2024-07-18'
  if (id === BREAKS_MID_STREAM) return id
  if (!MODELS.some((each) => id === each.id)) {
    throw unknownModel(`The model \`${id}\` does not exist or you do not have access to it.`, null)
  }
  return SNAPSHOTS[id] ?? id
}

const SNAPSHOTS: Readonly<Record<string, string>> = {
  'gpt-4o-mini': 'gpt-4o-mini-2024-07-18',
  'gpt-5-mini': 'gpt-5-mini-2025-08-07',
  'gpt-5.4-mini': 'gpt-5.4-mini-2026-03-17',
  'gpt-4': 'gpt-4-0613',
  'omni-moderation-latest': 'omni-moderation-2024-09-26',
}

export function broken(): ApiError {
  return new ApiError(500, errorBody(BROKEN_MESSAGE, { type: 'server_error' }))
}

const BROKEN_MESSAGE =
  'The server had an error processing your request. Sorry about that! You can retry your request, or contact us through our help center at help.openai.com if you keep seeing this error.'

function unknownModel(message: string, param: string | null): ApiError {
  return new ApiError(
    404,
    errorBody(message, { type: 'invalid_request_error', param, code: 'model_not_found' }),
  )
}

function model(id: string, created: number): Model {
  return { id, object: 'model', created, owned_by: 'system' }
}
