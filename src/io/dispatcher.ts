import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici'
import { UsageError } from '../core/errors.ts'
import type { Env } from '../engine/modes.ts'

/** A model may think for as long as it likes: the client's own time-out is the only one. */
const PATIENT = { headersTimeout: 0, bodyTimeout: 0 }

/** An upstream on this machine is asked without a proxy, which would look for it on its own. */
const LOCAL = 'localhost,127.0.0.1,[::1]'

/**
 * What connects to the upstream: through the proxy that HTTPS_PROXY and HTTP_PROXY name, but to the
 * hosts in NO_PROXY. Names in lower case go before those in upper case, as in curl.
 * @param options.pipelining 0 for connections that are used once
 * @throws UsageError for a proxy that is no URL
 */
export function dispatcherFor(env: Env, options: { readonly pipelining?: number } = {}): Dispatcher {
  const { proxies, none } = proxiesOf(env)
  if (proxies.every(({ url }) => url === '')) return new Agent({ ...PATIENT, ...options })
  for (const { name, url } of proxies) {
    // What it holds is not repeated: a proxy's URL may have a password.
    if (url !== '' && !isProxy(url))
      throw new UsageError(`${name} is no URL of a proxy: expected one such as http://proxy.example.com:3128`)
  }
  const [https, http] = proxies.map(({ url }) => url) as [string, string]
  return new EnvHttpProxyAgent({
    ...PATIENT,
    ...options,
    httpsProxy: https,
    httpProxy: http,
    noProxy: `${LOCAL},${none}`,
  })
}

function proxiesOf(env: Env): { proxies: { name: string; url: string }[]; none: string } {
  const value = (name: string): string => env[name.toLowerCase()] ?? env[name] ?? ''
  return {
    proxies: ['HTTPS_PROXY', 'HTTP_PROXY'].map((name) => ({ name, url: value(name) })),
    none: value('NO_PROXY'),
  }
}

function isProxy(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
}
