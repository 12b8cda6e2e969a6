import type { OutgoingRequest } from '../../http/message.ts'
import { baseOf, type SessionContext } from '../exchange/context.ts'
import type { OpenExchange } from '../exchange/open-exchange.ts'
import type { InFlight } from '../in-flight.ts'
import type { UpstreamResponse } from '../ports.ts'
import type { Slot } from '../library/recorder.ts'

/** What forwarding needs. */
export interface ForwardContext extends SessionContext {
  readonly inFlight: InFlight
}

/** Sends the request to the upstream. Aborts when the client leaves or the session closes. */
export type Send = (signal: AbortSignal) => Promise<UpstreamResponse>

/** Takes the exchange's position in the recording. Undefined where nothing is recorded. */
export function slotOf({ library: { recorder } }: SessionContext, x: OpenExchange): Slot | undefined {
  return recorder?.take(x.identity.fingerprint, x.arrival.order, x.scope)
}

/** The upstream's URL, redacted for the recording. */
export function recordedBase(context: SessionContext, x: OpenExchange): string {
  return context.library.redactor.text(baseOf(context, x.request))
}

/** The request as it is sent to `to`. Where the client has no key, the environment's is added. */
export function authorized<R extends OutgoingRequest>(context: SessionContext, to: string, request: R): R {
  const { dialect, env } = context.dependencies
  return dialect.authorize(request, { url: to, explicit: context.options.base.explicit }, env)
}
