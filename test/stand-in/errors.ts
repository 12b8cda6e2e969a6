/** An error as the API answers it. Thrown by an endpoint, sent by the server. */
export class ApiError extends Error {
  readonly status: number
  readonly body: ErrorBody
  readonly headers: readonly (readonly [string, string])[]

  constructor(status: number, body: ErrorBody, headers: readonly (readonly [string, string])[] = []) {
    super(body.error.message)
    this.status = status
    this.body = body
    this.headers = headers
  }
}

export interface ErrorBody {
  readonly error: {
    readonly message: string
    readonly type: string
    readonly param: string | null
    readonly code: string | null
  }
}

export function errorBody(
  message: string,
  { type, param = null, code = null }: { type: string; param?: string | null; code?: string | null },
): ErrorBody {
  return { error: { message, type, param, code } }
}

export function notFound(message: string, param: string | null = 'id'): ApiError {
  return new ApiError(404, errorBody(message, { type: 'invalid_request_error', param }))
}

export function invalidUrl(method: string, path: string): ApiError {
  return new ApiError(
    404,
    errorBody(`Invalid URL (${method} ${path})`, { type: 'invalid_request_error', code: 'invalid_url' }),
  )
}

/** The API tells who asked with a wrong key which key it was, masked. */
export function refuseKey(authorization: string | undefined): ApiError | undefined {
  const key = /^Bearer (.+)$/.exec(authorization ?? '')?.[1]
  if (key === undefined) {
    const message =
      "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY). You can obtain an API key from https://platform.openai.com/account/api-keys."
    return new ApiError(401, errorBody(message, { type: 'invalid_request_error' }))
  }
  if (!key.startsWith('sk-bad')) return undefined
  const masked = `${key.slice(0, 8)}${'*'.repeat(Math.max(0, key.length - 12))}${key.slice(-4)}`
  const message = `Incorrect API key provided: ${masked}. You can find your API key at https://platform.openai.com/account/api-keys.`
  return new ApiError(401, errorBody(message, { type: 'invalid_request_error', code: 'invalid_api_key' }))
}
