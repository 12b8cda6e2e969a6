import { encodeText, sha256 } from '../../http/bytes.ts'
import type { FailingRequest } from '../../api/dialect.ts'
import type { Headers, HttpResponse } from '../../http/message.ts'

/**
 * Errors as the API returns them. Their sources:
 * - 401, 429 `tokens`, 500, 503 as text: recordings of the API in public repositories' test suites
 *   (go-openai, ruby_llm, openai-dotnet, ruby-openai, pydantic-ai)
 * - 429 insufficient_quota: a recorded Responses stream (vercel/ai)
 * - 403, 429 `requests`, 503 overloaded: responses quoted in public repositories' issues and tests
 * - 400, 404: OpenAI's API reference and its guide to error codes
 */
interface ApiError {
  readonly status: number
  readonly error: ErrorObject
  /** In seconds. */
  readonly retryAfter?: number
  readonly headers?: Headers
}

/** The `error` member of an error response. */
export interface ErrorObject {
  readonly message: string
  readonly type: string
  readonly param: string | null
  readonly code: string | null
}

type Make = (request: FailingRequest, requestId: string) => ApiError

const invalidRequest = (message: string, code: string | null, param: string | null = null): ErrorObject => ({
  message,
  type: 'invalid_request_error',
  param,
  code,
})

const CATALOGUE: Readonly<Record<string, Make>> = {
  context_length_exceeded: ({ path }) => ({
    status: 400,
    error: path.endsWith('/responses')
      ? invalidRequest(
          'Your input exceeds the context window of this model. Please adjust your input and try again.',
          'context_length_exceeded',
          'input',
        )
      : invalidRequest(
          "This model's maximum context length is 128000 tokens. However, your messages resulted in 150000 tokens. Please reduce the length of the messages.",
          'context_length_exceeded',
          'messages',
        ),
  }),
  invalid_api_key: () => ({
    status: 401,
    error: invalidRequest(
      'Incorrect API key provided: sk-redacted. You can find your API key at https://platform.openai.com/account/api-keys.',
      'invalid_api_key',
    ),
  }),
  unsupported_country_region_territory: () => ({
    status: 403,
    error: {
      message: 'Country, region, or territory not supported',
      type: 'request_forbidden',
      param: null,
      code: 'unsupported_country_region_territory',
    },
  }),
  model_not_found: ({ model = 'gpt-4o' }) => ({
    status: 404,
    error: invalidRequest(
      `The model \`${model}\` does not exist or you do not have access to it.`,
      'model_not_found',
    ),
  }),
  rate_limit_requests: ({ model = 'gpt-4o' }) => ({
    status: 429,
    error: {
      message: `Rate limit reached for ${model} in organization org-redacted on requests per min (RPM): Limit 3, Used 3, Requested 1. Please try again in 20s. Visit https://platform.openai.com/account/rate-limits to learn more.`,
      type: 'requests',
      param: null,
      code: 'rate_limit_exceeded',
    },
    retryAfter: 20,
    headers: [
      ['x-ratelimit-limit-requests', '3'],
      ['x-ratelimit-limit-tokens', '40000'],
      ['x-ratelimit-remaining-requests', '0'],
      ['x-ratelimit-remaining-tokens', '40000'],
      ['x-ratelimit-reset-requests', '20s'],
      ['x-ratelimit-reset-tokens', '0s'],
    ],
  }),
  rate_limit_tokens: ({ model = 'gpt-4o' }) => ({
    status: 429,
    error: {
      message: `Rate limit reached for ${model} in organization org-redacted on tokens per min (TPM): Limit 40000, Used 39000, Requested 3000. Please try again in 3s. Visit https://platform.openai.com/account/rate-limits to learn more.`,
      type: 'tokens',
      param: null,
      code: 'rate_limit_exceeded',
    },
    retryAfter: 3,
    headers: [
      ['x-ratelimit-limit-requests', '500'],
      ['x-ratelimit-limit-tokens', '40000'],
      ['x-ratelimit-remaining-requests', '499'],
      ['x-ratelimit-remaining-tokens', '1000'],
      ['x-ratelimit-reset-requests', '120ms'],
      ['x-ratelimit-reset-tokens', '58.5s'],
    ],
  }),
  insufficient_quota: () => ({
    status: 429,
    error: {
      message:
        'You exceeded your current quota, please check your plan and billing details. For more information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.',
      type: 'insufficient_quota',
      param: null,
      code: 'insufficient_quota',
    },
  }),
  server_error: (_, requestId) => ({
    status: 500,
    error: {
      message: `The server had an error processing your request. Sorry about that! You can retry your request, or contact us through our help center at help.openai.com if you keep seeing this error. (Please include the request ID ${requestId} in your email.)`,
      type: 'server_error',
      param: null,
      code: null,
    },
  }),
  server_is_overloaded: () => ({
    status: 503,
    error: {
      message: 'Our servers are currently overloaded. Please try again later.',
      type: 'service_unavailable_error',
      param: null,
      code: 'server_is_overloaded',
    },
  }),
}

/** The plain-text response of the proxy in front of the API when it cannot reach the API. */
const CONNECT_ERROR =
  'upstream connect error or disconnect/reset before headers. retried and the latest reset reason: remote connection failure, transport failure reason: delayed connect error: Connection refused'

export const ERROR_NAMES: readonly string[] = [...Object.keys(CATALOGUE), 'connect_error']

/** Builds an error response from the catalogue. Equal requests get equal responses, including ids. */
export function errorResponse(name: string, request: FailingRequest): HttpResponse {
  if (name === 'connect_error')
    return { status: 503, headers: [['content-type', 'text/plain']], body: encodeText(CONNECT_ERROR) }
  const requestId = requestIdOf(name, request)
  const { status, error, retryAfter, headers = [] } = errorNamed(name, request, requestId)
  return {
    status,
    headers: [
      ['content-type', 'application/json'],
      ['x-request-id', requestId],
      ...headers,
      ...(retryAfter === undefined ? [] : ([['retry-after', String(retryAfter)]] as const)),
    ],
    body: encodeText(JSON.stringify({ error }, null, 2)),
  }
}

/** Builds the `error` object of a catalogue entry, for a stream. */
export function errorObject(name: string, request: FailingRequest): ErrorObject {
  if (name !== 'connect_error') return errorNamed(name, request, requestIdOf(name, request)).error
  return { message: CONNECT_ERROR, type: 'server_error', param: null, code: null }
}

function errorNamed(name: string, request: FailingRequest, requestId: string): ApiError {
  const make = CATALOGUE[name]
  if (make === undefined) throw new Error(`unknown error '${name}'`)
  return make(request, requestId)
}

function requestIdOf(name: string, { path, nth }: FailingRequest): string {
  return `req_${sha256(JSON.stringify([name, path, nth])).slice(0, 32)}`
}
