import type { Destination } from '../api/dialect.ts'
import { type Headers, headerValue, type OutgoingRequest, withoutHeaders } from '../http/message.ts'

/** The environment variable with the API key. */
export const KEY_VARIABLE = 'OPENAI_API_KEY'

/** What clients without a key send: the SDKs need some text. */
const NO_KEY = /^(?:Bearer )?(?:none|none-needed)?$/i

const CREDENTIALS: ReadonlySet<string> = new Set(['authorization', 'api-key'])

/**
 * The request with the environment's key, unless the client has a credential of its own. The key goes to the
 * upstream that the user chose, or to the API that it is for, and nowhere else.
 */
export function authorize<R extends OutgoingRequest>(
  request: R,
  to: Destination,
  env: Readonly<Record<string, string | undefined>>,
): R {
  if (hasKey(request.headers)) return request
  const { protocol, hostname } = new URL(to.url)
  // Not unencrypted, unless the user chose that.
  if (!to.explicit && protocol !== 'https:' && protocol !== 'wss:') return request
  const isAzure = isAzureHost(hostname) || (!isOpenaiHost(hostname) && isAzureRequest(request))
  const isFor = to.explicit || isOpenaiHost(hostname)
  const key =
    (isAzure && (to.explicit || isAzureHost(hostname)) && env['AZURE_OPENAI_API_KEY']) ||
    (isFor && env[KEY_VARIABLE])
  if (!key) return request
  const credential = isAzure ? (['api-key', key] as const) : (['authorization', `Bearer ${key}`] as const)
  return { ...request, headers: [...withoutHeaders(request.headers, CREDENTIALS), credential] }
}

function hasKey(headers: Headers): boolean {
  return [...CREDENTIALS].some((name) => !NO_KEY.test((headerValue(headers, name) ?? '').trim()))
}

function isOpenaiHost(host: string): boolean {
  return host === 'openai.com' || host.endsWith('.openai.com')
}

function isAzureHost(host: string): boolean {
  return /\.(?:openai|cognitiveservices|services\.ai)\.azure\.(?:com|us|cn)$/.test(host)
}

/** Azure's paths, on whatever host a gateway has them; its clients send `api-key`. */
function isAzureRequest({ target, headers }: OutgoingRequest): boolean {
  return /^\/+openai\/deployments\//.test(target) || headerValue(headers, 'api-key') !== undefined
}
