import { setImmediate } from 'node:timers'
import { HttpRequestInterceptor } from '@mswjs/interceptors/http'
import { http, type HttpHandler } from 'msw'
import { defineNetwork, InterceptorSource } from 'msw/experimental'
import { UsageError } from '../core/errors.ts'
import type { Vcr } from '../engine/vcr.ts'
import { type HostOptions, hostsOf } from './hosts.ts'

export type InterceptOptions = HostOptions

/** What takes a web Request and answers it: a cassette, or a part of one. */
type Answerer = Pick<Vcr, 'handle'>

/** What answers a host's requests, asked in the async context of whoever makes them; undefined when it is not ours. */
export type Choice = (host: string) => Answerer | undefined

export type Interception = AsyncDisposable & { stop(): Promise<void> }

/** What intercepts, the latest last. */
const layers: Choice[] = []

/** One for all layers: of two, each would take what the other asks the upstream for a client's request, without end. */
let network: Promise<{ disable(): unknown }> | undefined

async function startNetwork(): Promise<{ disable(): unknown }> {
  const started = defineNetwork({
    sources: [new InterceptorSource({ interceptors: [new HttpRequestInterceptor()] })],
    handlers: [answering(fromLatestLayer)],
    onUnhandledFrame: 'bypass',
    context: { quiet: true },
  })
  await started.enable()
  return started
}

function fromLatestLayer(host: string): Answerer | undefined {
  for (const choose of layers.toReversed()) {
    const answerer = choose(host)
    if (answerer !== undefined) return answerer
  }
  return undefined
}

/**
 * Answers this process's requests to OpenAI from a cassette, whichever client makes
 * them: fetch, node:http, axios, undici. Of several that intercept one host, the latest
 * answers until it stops.
 * @example
 * await using vcr = await openCassette('weather')
 * await using _ = await intercept(vcr)
 */
export function intercept(vcr: Vcr, options: InterceptOptions = {}): Promise<Interception> {
  return interceptBy(ofHosts(vcr, options))
}

/** For test runners: as `intercept` does, with what answers chosen for each request. */
export async function interceptBy(choose: Choice): Promise<Interception> {
  layers.push(choose)
  network ??= startNetwork()
  await network
  let stopped: Promise<void> | undefined
  const stop = (): Promise<void> => {
    stopped ??= leave(choose)
    return stopped
  }
  return { stop, [Symbol.asyncDispose]: stop }
}

async function leave(choose: Choice): Promise<void> {
  layers.splice(layers.indexOf(choose), 1)
  if (layers.length > 0) return
  // undici connects again once a client has left a stream, as openai's does at [DONE]: not past us to the network.
  await afterConnectionsClosed()
  if (layers.length > 0) return
  const last = network
  network = undefined
  await (await last)?.disable()
}

/** What has been left closes in this round of the event loop. */
function afterConnectionsClosed(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/**
 * The cassette as handlers for a `setupServer` of your own, beside your other handlers.
 * @example const server = setupServer(...cassetteHandlers(vcr), ...myHandlers)
 */
export function cassetteHandlers(vcr: Vcr, options: InterceptOptions = {}): HttpHandler[] {
  return [answering(ofHosts(vcr, options))]
}

function ofHosts(vcr: Vcr, options: InterceptOptions): Choice {
  const hosts = hostsOf(vcr, options)
  return (host) => (hosts.has(host) ? vcr : undefined)
}

function answering(choose: Choice): HttpHandler {
  const find = (request: Request): Answerer | undefined => choose(new URL(request.url).host)
  return http.all(
    ({ request }) => find(request) !== undefined,
    async ({ request }) => {
      const answerer = find(request)
      if (answerer === undefined) return
      const passing = new Request(request)
      passing.headers.set('accept', pastMsw(request.headers.get('accept')))
      return chunked(await answerer.handle(passing).catch(asAnswer))
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
