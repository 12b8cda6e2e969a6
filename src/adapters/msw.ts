import { HttpRequestInterceptor } from '@mswjs/interceptors/http'
import { http, type HttpHandler } from 'msw'
import { defineNetwork, InterceptorSource } from 'msw/experimental'
import type { Vcr } from '../engine/vcr.ts'

/** OpenAI's hosts: the main one and those of its regions. */
const OPENAI_HOSTS = ['api.openai.com', 'us.api.openai.com', 'eu.api.openai.com', 'ae.api.openai.com']

export interface InterceptOptions {
  /**
   * Hosts whose requests the cassette answers, with a port where it is not the usual
   * one. All others pass.
   * @default OpenAI's hosts and the upstream's
   * @example ['my-resource.openai.azure.com']
   */
  readonly hosts?: readonly string[]
}

/**
 * Answers this process's requests to OpenAI from a cassette, whichever client makes
 * them: fetch, node:http, axios, undici.
 * @example
 * await using vcr = await openCassette('weather')
 * await using _ = await intercept(vcr)
 */
export async function intercept(
  vcr: Vcr,
  options: InterceptOptions = {},
): Promise<AsyncDisposable & { stop(): Promise<void> }> {
  const network = defineNetwork({
    sources: [new InterceptorSource({ interceptors: [new HttpRequestInterceptor()] })],
    handlers: cassetteHandlers(vcr, options),
    onUnhandledFrame: 'bypass',
    context: { quiet: true },
  })
  await network.enable()
  let stopped: Promise<void> | undefined
  const stop = (): Promise<void> => {
    stopped ??= Promise.resolve(network.disable())
    return stopped
  }
  return { stop, [Symbol.asyncDispose]: stop }
}

/**
 * The cassette as handlers for a `setupServer` of your own, beside your other handlers.
 * @example const server = setupServer(...cassetteHandlers(vcr), ...myHandlers)
 */
export function cassetteHandlers(vcr: Vcr, options: InterceptOptions = {}): HttpHandler[] {
  const hosts = new Set(
    options.hosts ?? [...OPENAI_HOSTS, ...(vcr.upstream === undefined ? [] : [new URL(vcr.upstream).host])],
  )
  return [
    http.all(
      ({ request }) => hosts.has(new URL(request.url).host),
      async ({ request }) => {
        const passing = new Request(request)
        passing.headers.set('accept', pastMsw(request.headers.get('accept')))
        return chunked(await vcr.handle(passing))
      },
    ),
  ]
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
