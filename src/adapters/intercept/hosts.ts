import { UsageError } from '../../messages/errors.ts'
import { didYouMean, withoutKeys } from '../../vcr/options/options.ts'
import type { Vcr } from '../../vcr/vcr.ts'
import { checkCassette } from '../check-cassette.ts'

/** OpenAI's main host and those of its regions. */
const OPENAI_HOSTS = ['api.openai.com', 'us.api.openai.com', 'eu.api.openai.com', 'ae.api.openai.com']

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
export function hostsOf(vcr: Vcr, options: HostOptions): ReadonlySet<string> {
  checkCassette(vcr)
  const unknown = Object.keys(options).find((key) => key !== 'hosts')
  if (unknown !== undefined)
    throw new UsageError(`unknown option '${unknown}'${didYouMean(unknown, ['hosts'])}`)
  if (options.hosts !== undefined) return readHosts(options.hosts)
  // The source that a cassette names may be a description, not a URL.
  const recorded = vcr.upstreams
    .filter((upstream) => URL.canParse(upstream))
    .map((upstream) => new URL(upstream).host)
  return new Set([...OPENAI_HOSTS, ...recorded])
}

/**
 * Hosts as they are spelt in the URLs of requests.
 * @throws UsageError for a host that no URL could have
 */
export function readHosts(hosts: readonly string[]): ReadonlySet<string> {
  if (!Array.isArray(hosts) || !hosts.every((host) => typeof host === 'string'))
    throw new UsageError("the option 'hosts' must be a list of host names")
  return new Set(hosts.flatMap(spellings))
}

function spellings(host: string): string[] {
  // URLs leave the default port out, and which one that is depends on the protocol.
  const urls = ['https', 'http'].map((scheme) => `${scheme}://${host}`)
  if (/^[^\s/?#@*\\]+$/.test(host) && urls.every((url) => URL.canParse(url)))
    return urls.map((url) => new URL(url).host)
  throw new UsageError(
    `'${withoutKeys(host)}' in the option 'hosts' is no host: expected a name alone, such as 'my-resource.openai.azure.com' or 'localhost:8080'`,
  )
}
