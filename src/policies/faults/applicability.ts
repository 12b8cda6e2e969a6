import type { FramesBody, RecordedResponse } from '../../cassette/cassette.ts'
import type { FaultKind, StreamFault } from './rules.ts'
import { type Headers, headerValue } from '../../http/message.ts'
import { isEventStream } from '../../http/sse.ts'
import type { Alteration } from './faulty-socket.ts'

/** How a fault alters an answer or a conversation; undefined where it only delays it. */
export function alterationOf(does: FaultKind, via: 'http' | 'socket'): Alteration | undefined {
  switch (does.kind) {
    case 'cut':
    case 'stall':
    case 'corrupt':
    case 'errorEvent':
      return does
    case 'close':
      return via === 'socket' ? does : undefined
    default:
      return undefined
  }
}

/** Why a fault cannot be injected into a recorded answer; undefined where it can. */
export function whyNotApplicable(fault: Alteration, { body }: RecordedResponse): string | undefined {
  if (body.kind === 'frames') return whyNotApplicableToFrames(fault, body)
  if (fault.kind === 'errorEvent' && body.kind !== 'events') return 'the response is not a stream'
  const events = body.kind === 'events' ? body.events.length : 1
  // An error may also follow the last event.
  const reached = fault.kind === 'errorEvent' ? fault.at - 1 : placeOf(fault)
  return reached <= events ? undefined : `the response has ${events} event${events === 1 ? '' : 's'}`
}

/** The same for an answer whose body has not arrived yet. */
export function whyNotApplicableToHead(fault: StreamFault, headers: Headers): string | undefined {
  if (fault.kind !== 'errorEvent' || isEventStream(headerValue(headers, 'content-type'))) return undefined
  return 'the response is not a stream'
}

function whyNotApplicableToFrames(fault: Alteration, { frames }: FramesBody): string | undefined {
  const sent = frames.filter(({ from }) => from === 'server').length
  return placeOf(fault) <= sent ? undefined : `the server sends ${sent} frame${sent === 1 ? '' : 's'}`
}

/** The number of the event or frame where the fault happens. */
function placeOf(fault: Alteration): number {
  switch (fault.kind) {
    case 'cut':
    case 'stall':
    case 'close':
      return fault.after
    case 'corrupt':
      return fault.event
    case 'errorEvent':
      return fault.at
  }
}
