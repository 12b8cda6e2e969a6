import type { Destination } from '../api/dialect.ts'
import { type Headers, headerValue, type OutgoingRequest, withoutHeaders } from '../http/message.ts'

export const KEY_VARIABLE = 'OPENAI_API_KEY'

/** Placeholders from clients without a key, as the SDKs require one. */
const PLACEHOLDER_KEY = /^(?:Bearer )?(?:none|none-needed)?$/i

const CREDENTIALS: ReadonlySet<string> = new Set(['authorization', 'api-key'])

/**
 * Adds the key from the environment to a request, unless the client already sends a credential. The key is only sent to
 * an upstream that the user chose, or to the API that issued it.
 */
export function authorize<R extends OutgoingRequest>(
  request: R,
  to: Destination,
  env: Readonly<Record<string, string | undefined>>,
): R {
  if (hasKey(request.headers)) return request
  const { protocol, hostname } = new URL(to.url)
  // Never send the key unencrypted, unless the user chose this upstream.
  if (!to.explicit && protocol !== 'https:' && protocol !== 'wss:') return request
  const isAzure = isAzureHost(hostname) || (!isOpenaiHost(hostname) && isAzureRequest(request))
  const maySendOpenaiKey = to.explicit || isOpenaiHost(hostname)
  const key =
    (isAzure && (to.explicit || isAzureHost(hostname)) && env['AZURE_OPENAI_API_KEY']) ||
    (maySendOpenaiKey && env[KEY_VARIABLE])
  if (!key) return request
  const credential = isAzure ? (['api-key', key] as const) : (['authorization', `Bearer ${key}`] as const)
  return { ...request, headers: [...withoutHeaders(request.headers, CREDENTIALS), credential] }
}

function hasKey(headers: Headers): boolean {
  return [...CREDENTIALS].some((name) => !PLACEHOLDER_KEY.test((headerValue(headers, name) ?? '').trim()))
}

function isOpenaiHost(host: string): boolean {
  return host === 'openai.com' || host.endsWith('.openai.com')
}

function isAzureHost(host: string): boolean {
  return /\.(?:openai|cognitiveservices|services\.ai)\.azure\.(?:com|us|cn)$/.test(host)
}

/** Detects requests to Azure through a gateway on any host, by Azure's path or its `api-key` header. */
function isAzureRequest({ target, headers }: OutgoingRequest): boolean {
  return /^\/+openai\/deployments\//.test(target) || headerValue(headers, 'api-key') !== undefined
}
