import type { StreamEvent } from '../cassette/cassette.ts'
import { readEvent } from '../http/sse.ts'

/** The data of each event. Empty if an event has no data, or several lines of data. */
export function eventData(events: readonly StreamEvent[]): readonly string[] {
  return events.map((event) => {
    const { data } = readEvent(event.raw)
    return data === undefined || data.includes('\n') ? '' : data
  })
}

/**
 * Replaces the data of events.
 * @param clean redacts the rest of each event
 */
export function withEventData(
  events: readonly StreamEvent[],
  data: readonly string[],
  clean: (text: string) => string,
): readonly StreamEvent[] {
  const before = eventData(events)
  return events.map(({ offset, raw }, i) => {
    const old = before[i] as string
    if (old === '') return { offset, raw: clean(raw) }
    const at = dataStart(raw)
    return { offset, raw: clean(raw.slice(0, at)) + (data[i] as string) + clean(raw.slice(at + old.length)) }
  })
}

function dataStart(raw: string): number {
  const field = /(?:^\uFEFF?|[\r\n])data: ?/.exec(raw)
  return field === null ? 0 : field.index + field[0].length
}
