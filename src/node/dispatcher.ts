import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici'
import type { Env } from '../engine/modes.ts'
import { proxiesOf } from './proxies.ts'

/** A model may think for as long as it likes: the client's own time-out is the only one. */
const PATIENT = { headersTimeout: 0, bodyTimeout: 0 }

/**
 * What connects to the upstream: through the proxy that HTTPS_PROXY and HTTP_PROXY name, but to the
 * hosts in NO_PROXY.
 * @param options.pipelining 0 for connections that are used once
 * @throws UsageError for a proxy that is no URL
 */
export function dispatcherFor(env: Env, options: { readonly pipelining?: number } = {}): Dispatcher {
  const proxies = proxiesOf(env)
  if (proxies === undefined) return new Agent({ ...PATIENT, ...options })
  return new EnvHttpProxyAgent({
    ...PATIENT,
    ...options,
    httpsProxy: proxies.https,
    httpProxy: proxies.http,
    noProxy: proxies.none,
  })
}
