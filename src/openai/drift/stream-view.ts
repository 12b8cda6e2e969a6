import type { FrameContent, FramesBody, Side } from '../../cassette/cassette.ts'
import type { ComparableView } from '../../api/drift.ts'
import { type AnswerEvent, answerEvent, isDelta, type SentEvent } from '../answers/events.ts'
import { documentsOf } from './stream-documents.ts'

export function streamView(events: readonly SentEvent[]): ComparableView {
  // An event without data is a keep-alive comment.
  const typed = events.flatMap(({ name, data }) => (data === undefined ? [] : [answerEvent(data, name)]))
  return {
    form: 'a stream of events',
    events: countByType(typed),
    counted: new Set(),
    documents: documentsOf(typed),
  }
}

/** The messages of one side of a WebSocket conversation. */
export function conversationView({ frames, close }: FramesBody, side: Side): ComparableView {
  const typed = frames.flatMap(({ from, content }) => (from === side ? [eventOfFrame(content)] : []))
  const events = countByType(typed)
  const closed = close?.from === side ? { code: close.code ?? null, reason: close.reason } : undefined
  return {
    form: 'a WebSocket conversation',
    events,
    counted: new Set([...events.keys()].filter((type) => !isDelta(type))),
    documents: [
      ...documentsOf(typed),
      ...(closed === undefined ? [] : [{ label: 'close', json: { close: closed } }]),
    ],
  }
}

function eventOfFrame(content: FrameContent): AnswerEvent {
  return content.kind === 'text' || content.kind === 'text-with-blobs'
    ? answerEvent(content.text)
    : { type: 'bytes', json: null }
}

function countByType(events: readonly AnswerEvent[]): Map<string, number> {
  return new Map([...Map.groupBy(events, ({ type }) => type)].map(([type, all]) => [type, all.length]))
}
