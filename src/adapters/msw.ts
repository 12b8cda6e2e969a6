import { HttpRequestInterceptor } from '@mswjs/interceptors/http'
import { http, type HttpHandler } from 'msw'
import { defineNetwork, InterceptorSource } from 'msw/experimental'
import { UsageError } from '../core/errors.ts'
import type { Vcr } from '../engine/vcr.ts'
import { type HostOptions, hostsOf } from './hosts.ts'

export type InterceptOptions = HostOptions

interface Layer {
  readonly vcr: Vcr
  readonly hosts: ReadonlySet<string>
}

/** What intercepts, the latest last. */
const layers: Layer[] = []

/** One for all layers: of two, each would take what the other asks the upstream for a client's request, without end. */
let network: Promise<{ disable(): unknown }> | undefined

async function startNetwork(): Promise<{ disable(): unknown }> {
  const started = defineNetwork({
    sources: [new InterceptorSource({ interceptors: [new HttpRequestInterceptor()] })],
    handlers: [answering((host) => layers.findLast(({ hosts }) => hosts.has(host))?.vcr)],
    onUnhandledFrame: 'bypass',
    context: { quiet: true },
  })
  await started.enable()
  return started
}

/**
 * Answers this process's requests to OpenAI from a cassette, whichever client makes
 * them: fetch, node:http, axios, undici. Of several that intercept one host, the latest
 * answers until it stops.
 * @example
 * await using vcr = await openCassette('weather')
 * await using _ = await intercept(vcr)
 */
export async function intercept(
  vcr: Vcr,
  options: InterceptOptions = {},
): Promise<AsyncDisposable & { stop(): Promise<void> }> {
  const layer = { vcr, hosts: hostsOf(vcr, options) }
  layers.push(layer)
  network ??= startNetwork()
  await network
  let stopped: Promise<void> | undefined
  const stop = (): Promise<void> => {
    stopped ??= leave(layer)
    return stopped
  }
  return { stop, [Symbol.asyncDispose]: stop }
}

async function leave(layer: Layer): Promise<void> {
  layers.splice(layers.indexOf(layer), 1)
  if (layers.length > 0) return
  const last = network
  network = undefined
  await (await last)?.disable()
}

/**
 * The cassette as handlers for a `setupServer` of your own, beside your other handlers.
 * @example const server = setupServer(...cassetteHandlers(vcr), ...myHandlers)
 */
export function cassetteHandlers(vcr: Vcr, options: InterceptOptions = {}): HttpHandler[] {
  const hosts = hostsOf(vcr, options)
  return [answering((host) => (hosts.has(host) ? vcr : undefined))]
}

/** @param cassetteOf the cassette that answers a host's requests; undefined lets them pass */
function answering(cassetteOf: (host: string) => Vcr | undefined): HttpHandler {
  const find = (request: Request): Vcr | undefined => cassetteOf(new URL(request.url).host)
  return http.all(
    ({ request }) => find(request) !== undefined,
    async ({ request }) => {
      const vcr = find(request)
      if (vcr === undefined) return
      const passing = new Request(request)
      passing.headers.set('accept', pastMsw(request.headers.get('accept')))
      return chunked(await vcr.handle(passing).catch(asAnswer))
    },
  )
}

/** Thrown at MSW it would be a 500 with our stack, which clients ask again for. */
function asAnswer(error: unknown): Response {
  if (!(error instanceof UsageError)) throw error
  const body = {
    error: { message: error.message, type: 'openai_vcr_error', param: null, code: 'cassette_closed' },
  }
  return Response.json(body, { status: 500, headers: { 'x-should-retry': 'false' } })
}

/** Without this header a stream that breaks looks to the client like one that ended. */
function chunked(response: Response): Response {
  if (response.body !== null && !response.headers.has('content-length'))
    response.headers.set('transfer-encoding', 'chunked')
  return response
}

/** MSW lets a request with this mark through, and takes the mark off: so the upstream can be asked. */
function pastMsw(accept: string | null): string {
  return accept === null ? 'msw/passthrough' : `${accept}, msw/passthrough`
}
