import { type Headers, headerValue } from '../core/http.ts'

/** What a client without a key sends for one: the SDKs insist on some text. */
const NO_KEY = /^(?:Bearer )?(?:none|none-needed)?$/i

/** The headers with this key as the bearer's, unless the client has a credential of its own. */
export function authorize(headers: Headers, key: string): Headers {
  const own = headerValue(headers, 'authorization') ?? headerValue(headers, 'api-key') ?? ''
  if (!NO_KEY.test(own.trim())) return headers
  return [...headers.filter(([name]) => name !== 'authorization'), ['authorization', `Bearer ${key}`]]
}
