import type { OpenCassette } from '../../engine/exchange/answerer.ts'
import { answererOf } from '../answerer-of.ts'
import { type HostOptions, hostsOf } from './hosts.ts'
import { interceptBy, type Interception } from './layers.ts'

export type { Interception } from './layers.ts'
export type InterceptOptions = HostOptions

/**
 * Answers this process's requests to OpenAI from a cassette, whichever client makes them:
 * fetch, node:http, axios, undici. If several interceptions cover one host, the latest
 * answers until it stops.
 * @example
 * await using vcr = await openCassette('weather')
 * await using _ = await intercept(vcr)
 * @throws UsageError when two copies of MSW's engine are installed and the other one is active
 */
export function intercept(vcr: OpenCassette, options: InterceptOptions = {}): Promise<Interception> {
  const hosts = hostsOf(vcr, options)
  const answerer = answererOf(vcr)
  return interceptBy((host) => (hosts.has(host) ? answerer : undefined))
}
