import type { RecordedResponse } from '../core/cassette.ts'
import type { FaultKind, StreamFault } from '../core/faults/rules.ts'

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

/** Why a fault cannot happen to a recorded answer; undefined where it can. */
export function hinderedBy(fault: StreamFault, { body }: RecordedResponse): string | undefined {
  if (fault.kind === 'errorEvent' && body.kind !== 'events') return 'the answer is no stream'
  const events = body.kind === 'events' ? body.events.length : 1
  return reached(fault) <= events ? undefined : `the answer has ${events} event${events === 1 ? '' : 's'}`
}

/** The number of events that an answer must have. */
function reached(fault: StreamFault): number {
  switch (fault.kind) {
    case 'cut':
    case 'stall':
      return fault.after
    case 'corrupt':
      return fault.event
    case 'errorEvent':
      // It may stand behind the last.
      return fault.at - 1
  }
}
