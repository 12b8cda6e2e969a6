import type { OpenCassette } from '../../engine/exchange/answerer.ts'
import { object } from '../../json/input/object.ts'
import { optionsFrom } from '../../json/input/place.ts'
import { list, optional, string } from '../../json/input/shape.ts'
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

const HOST = string(
  "the name of a host alone, such as 'my-resource.openai.azure.com' or 'localhost:8080'",
  (host) => /^[^\s/?#@*\\]+$/.test(host) && urlsOf(host).every((url) => URL.canParse(url)),
)

export const HOSTS = list(HOST, "a list of hosts, such as ['my-resource.openai.azure.com']", { from: 1 })

const HOST_OPTIONS = object<HostOptions>("an object, such as { hosts: ['my-resource.openai.azure.com'] }", {
  hosts: optional(HOSTS),
})

/**
 * The hosts whose requests a cassette answers, as they are spelt in the URLs of requests.
 * @throws UsageError unless `vcr` is an open cassette, and for options that would match no request
 */
export function hostsOf(vcr: OpenCassette, options: HostOptions): ReadonlySet<string> {
  const answerer = answererOf(vcr)
  const place = optionsFrom('', (message) => answerer.redact(message))
  const { hosts } = HOST_OPTIONS.read(options, place)
  return new Set(hosts?.flatMap((host) => urlsOf(host).map((url) => new URL(url).host)) ?? answerer.hosts)
}

/** URLs leave the default port out, and which one that is depends on the protocol. */
function urlsOf(host: string): string[] {
  return ['https', 'http'].map((scheme) => `${scheme}://${host}`)
}
