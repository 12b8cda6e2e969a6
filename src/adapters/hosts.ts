import type { Vcr } from '../engine/vcr.ts'

/** OpenAI's hosts: the main one and those of its regions. */
const OPENAI_HOSTS = ['api.openai.com', 'us.api.openai.com', 'eu.api.openai.com', 'ae.api.openai.com']

export interface HostOptions {
  /**
   * Hosts whose requests the cassette answers, with a port where it is not the usual
   * one. All others pass.
   * @default OpenAI's hosts, the upstream's, and those that the cassette was recorded from
   * @example ['my-resource.openai.azure.com']
   */
  readonly hosts?: readonly string[]
}

export function hostsOf(vcr: Vcr, options: HostOptions): ReadonlySet<string> {
  if (options.hosts !== undefined) return new Set(options.hosts)
  // A cassette may say in words where it is from.
  const recorded = vcr.upstreams
    .filter((upstream) => URL.canParse(upstream))
    .map((upstream) => new URL(upstream).host)
  return new Set([...OPENAI_HOSTS, ...recorded])
}
