import type { Destination } from '../api/dialect.ts'
import { type Headers, headerValue, type OutgoingRequest, withoutHeaders } from '../http/message.ts'

/** What a client without a key sends for one: the SDKs insist on some text. */
const NO_KEY = /^(?:Bearer )?(?:none|none-needed)?$/i

const CREDENTIALS: ReadonlySet<string> = new Set(['authorization', 'api-key'])

/**
 * The request with the environment's key, unless the client has a credential of its own. The key goes where
 * the user said that requests go, or to the API that it is for, and nowhere else.
 */
export function authorize<R extends OutgoingRequest>(
  request: R,
  to: Destination,
  env: Readonly<Record<string, string | undefined>>,
): R {
  if (hasKey(request.headers)) return request
  const { protocol, hostname } = new URL(to.url)
  // In the clear anybody on the way reads it: only where the user says so.
  if (!to.explicit && protocol !== 'https:' && protocol !== 'wss:') return request
  const isAzure = isAzureHost(hostname) || (!isOpenaiHost(hostname) && isAzureRequest(request))
  const isFor = to.explicit || isOpenaiHost(hostname)
  const key =
    (isAzure && (to.explicit || isAzureHost(hostname)) && env['AZURE_OPENAI_API_KEY']) ||
    (isFor && env['OPENAI_API_KEY'])
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

/** Azure's own addresses, wherever a gateway has put them; its clients send `api-key` there. */
function isAzureRequest({ target, headers }: OutgoingRequest): boolean {
  return /^\/+openai\/deployments\//.test(target) || headerValue(headers, 'api-key') !== undefined
}
