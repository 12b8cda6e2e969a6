import { UsageError } from '../../messages/errors.ts'
import type { OpenCassette } from '../../engine/exchange/answerer.ts'
import { didYouMean } from '../../messages/nearest-word.ts'
import { answererOf } from '../answerer-of.ts'

export interface HostOptions {
  /**
   * Hosts whose requests the cassette answers, with a port unless it is the default one.
   * Requests to other hosts go to the network.
   * @default OpenAI's hosts, the upstream's, and those that the cassette was recorded from
   * @example ['my-resource.openai.azure.com']
   */
  readonly hosts?: readonly string[]
}

/**
 * The hosts whose requests a cassette answers.
 * @throws UsageError unless `vcr` is an open cassette, and for options that would match no request
 */
export function hostsOf(vcr: OpenCassette, options: HostOptions): ReadonlySet<string> {
  const answerer = answererOf(vcr)
  const unknown = Object.keys(options).find((key) => key !== 'hosts')
  if (unknown !== undefined)
    throw new UsageError(`unknown option '${unknown}'${didYouMean(unknown, ['hosts'])}`)
  if (options.hosts !== undefined) return readHosts(options.hosts, (text) => answerer.redact(text))
  return new Set(answerer.hosts)
}

/**
 * Hosts as they are spelt in the URLs of requests.
 * @throws UsageError for a host that no URL could have
 */
export function readHosts(hosts: readonly string[], redact: (text: string) => string): ReadonlySet<string> {
  if (!Array.isArray(hosts) || !hosts.every((host) => typeof host === 'string'))
    throw new UsageError("the option 'hosts' must be a list of host names")
  return new Set(hosts.flatMap((host) => spellings(host, redact)))
}

function spellings(host: string, redact: (text: string) => string): string[] {
  // URLs leave the default port out, and which one that is depends on the protocol.
  const urls = ['https', 'http'].map((scheme) => `${scheme}://${host}`)
  if (/^[^\s/?#@*\\]+$/.test(host) && urls.every((url) => URL.canParse(url)))
    return urls.map((url) => new URL(url).host)
  throw new UsageError(
    `'${redact(host)}' in the option 'hosts' is no host: expected a name alone, such as 'my-resource.openai.azure.com' or 'localhost:8080'`,
  )
}
