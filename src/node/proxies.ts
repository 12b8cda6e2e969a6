import { UsageError } from '../messages/errors.ts'
import type { Env } from '../engine/modes.ts'

/** The proxies in the environment: URLs or empty strings. */
export interface Proxies {
  readonly https: string
  readonly http: string
  /** Hosts to connect to without a proxy, in the form of NO_PROXY. */
  readonly none: string
}

/** A proxy would resolve these hosts to its own machine. */
const LOCAL = 'localhost,127.0.0.1,[::1]'

/**
 * Reads HTTPS_PROXY, HTTP_PROXY and NO_PROXY. Lower-case names take precedence, as in curl.
 * @returns undefined without a proxy
 * @throws UsageError for a proxy that is not a URL
 */
export function proxiesOf(env: Env): Proxies | undefined {
  const value = (name: string): string => env[name.toLowerCase()] ?? env[name] ?? ''
  const [https, http] = [proxyIn('HTTPS_PROXY', value), proxyIn('HTTP_PROXY', value)]
  return https === '' && http === '' ? undefined : { https, http, none: `${LOCAL},${value('NO_PROXY')}` }
}

/**
 * The proxy for a URL. Copies the rules of undici's EnvHttpProxyAgent, which does not export them, so that WebSockets
 * use the same proxy as requests.
 */
export function proxyFor({ https, http, none }: Proxies, url: URL): string | undefined {
  if (none.split(/[,\s]+/).some((entry) => entry !== '' && matchesNoProxy(entry.toLowerCase(), url)))
    return undefined
  return (url.protocol === 'https:' && https !== '' ? https : http) || undefined
}

function proxyIn(name: string, value: (name: string) => string): string {
  const url = value(name)
  if (url === '' || isProxy(url)) return url
  throw new UsageError(
    `${name}: expected the URL of a proxy, such as http://proxy.example.com:3128. Its value is not shown, as it may contain a password`,
  )
}

function isProxy(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, username, password } = new URL(text)
  return /^https?:$/.test(protocol) && !/%(?![\da-f]{2})/i.test(username + password)
}

/** Entries are `host`, `.host` or `*.host`, with or without a port. `*.host` does not match the host itself. */
function matchesNoProxy(entry: string, url: URL): boolean {
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
