import { http, type HttpHandler } from 'msw'
import type { Vcr } from '../engine/vcr.ts'
import { answerRequest } from './answer-request.ts'
import { hostsOf } from './hosts.ts'
import type { InterceptOptions } from './intercept.ts'
import { leavable } from './leavable.ts'

export { type Choice, intercept, interceptBy, type Interception, type InterceptOptions } from './intercept.ts'

/**
 * The cassette as handlers for a `setupServer` of your own, beside your other handlers.
 * @example const server = setupServer(...cassetteHandlers(vcr), ...myHandlers)
 */
export function cassetteHandlers(vcr: Vcr, options: InterceptOptions = {}): HttpHandler[] {
  const hosts = hostsOf(vcr, options)
  return [
    http.all(
      ({ request }) => hosts.has(new URL(request.url).host),
      async ({ request }) => leavable(await answerRequest(vcr, request)),
    ),
  ]
}
