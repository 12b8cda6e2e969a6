import type { FramesBody, RecordedResponse } from '../../cassette/cassette.ts'
import type { FaultKind, StreamFault } from './rules.ts'
import { type Headers, headerValue } from '../../http/message.ts'
import { isEventStream } from '../../http/sse.ts'
import type { SocketFault } from './faulty-socket.ts'

/** What a fault spoils of an answer on its way; undefined where it lets it pass, late perhaps. */
export function spoils(does: FaultKind): StreamFault | undefined {
  switch (does.kind) {
    case 'cut':
    case 'stall':
    case 'corrupt':
    case 'errorEvent':
      return does
    default:
      return undefined
  }
}

/** What a fault spoils of a conversation. */
export function spoilsSocket(does: FaultKind): SocketFault | undefined {
  return does.kind === 'close' ? does : spoils(does)
}

/** Why a fault cannot happen to a recorded answer; undefined where it can. */
export function hinderedBy(fault: SocketFault, { body }: RecordedResponse): string | undefined {
  if (body.kind === 'frames') return hinderedIn(fault, body)
  if (fault.kind === 'errorEvent' && body.kind !== 'events') return 'the answer is no stream'
  const events = body.kind === 'events' ? body.events.length : 1
  // An error may stand behind the last.
  const reached = fault.kind === 'errorEvent' ? fault.at - 1 : placeOf(fault)
  return reached <= events ? undefined : `the answer has ${events} event${events === 1 ? '' : 's'}`
}

/** The same of an answer of which no more than the head is there. */
export function hinderedByHead(fault: StreamFault, headers: Headers): string | undefined {
  if (fault.kind !== 'errorEvent' || isEventStream(headerValue(headers, 'content-type'))) return undefined
  return 'the answer is no stream'
}

function hinderedIn(fault: SocketFault, { frames }: FramesBody): string | undefined {
  const told = frames.filter(({ from }) => from === 'server').length
  return placeOf(fault) <= told ? undefined : `the server says ${told} frame${told === 1 ? '' : 's'}`
}

/** The number of the event, or frame, at which it happens. */
function placeOf(fault: SocketFault): number {
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
