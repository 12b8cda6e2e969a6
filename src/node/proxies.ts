import { UsageError } from '../messages/errors.ts'
import type { Env } from '../engine/modes.ts'

/** The proxies that the environment names: URLs, empty where there is none. */
export interface Proxies {
  readonly https: string
  readonly http: string
  /** Hosts that are asked without one, as NO_PROXY lists them. */
  readonly none: string
}

/** An upstream on this machine is asked without a proxy, which would look for it on its own. */
const LOCAL = 'localhost,127.0.0.1,[::1]'

/**
 * HTTPS_PROXY, HTTP_PROXY and NO_PROXY; names in lower case go before those in upper case, as in curl.
 * @returns undefined where no proxy is named
 * @throws UsageError for a proxy that is no URL
 */
export function proxiesOf(env: Env): Proxies | undefined {
  const value = (name: string): string => env[name.toLowerCase()] ?? env[name] ?? ''
  const [https, http] = [proxyIn('HTTPS_PROXY', value), proxyIn('HTTP_PROXY', value)]
  return https === '' && http === '' ? undefined : { https, http, none: `${LOCAL},${value('NO_PROXY')}` }
}

/**
 * The proxy through which a URL is asked. These are the rules of undici's EnvHttpProxyAgent, which
 * keeps them to itself: a WebSocket goes the way of the requests.
 */
export function proxyFor({ https, http, none }: Proxies, url: URL): string | undefined {
  if (none.split(/[,\s]+/).some((entry) => entry !== '' && excepts(entry.toLowerCase(), url)))
    return undefined
  return (url.protocol === 'https:' && https !== '' ? https : http) || undefined
}

function proxyIn(name: string, value: (name: string) => string): string {
  const url = value(name)
  if (url === '' || isProxy(url)) return url
  // What it holds is not repeated: a proxy's URL may have a password.
  throw new UsageError(`${name} is no URL of a proxy: expected one such as http://proxy.example.com:3128`)
}

function isProxy(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, username, password } = new URL(text)
  return /^https?:$/.test(protocol) && !/%(?![\da-f]{2})/i.test(username + password)
}

/** `host`, `.host` and `*.host`, each with a port or without; the last is not the host itself. */
function excepts(entry: string, url: URL): boolean {
  const [, bracketed, plain, port] =
    /^(?:\[(.+)\]|([^:]*))(?::(\d+))?$/.exec(entry) ?? ([entry, undefined, entry, undefined] as const)
  const named = (bracketed ?? plain ?? '').replace(/(?<=.)\.$/, '')
  if (port !== undefined && Number(port) !== 0 && Number(port) !== portOf(url)) return false
  if (named === '*') return true
  const host = url.hostname.replace(/^\[(.+)\]$/, '$1').replace(/(?<=.)\.$/, '')
  const name = named.replace(/^\*?\./, '')
  return (host === name && !entry.startsWith('*')) || host.endsWith(`.${name}`)
}

function portOf({ protocol, port }: URL): number {
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port)
}
