import type { RecordedResponse } from '../cassette/cassette.ts'
import type { Json, JsonObject } from '../json/json.ts'

/** An answer as later requests depend on it. Streams are put together. */
export interface Answer {
  readonly form: Form
  /** Of a stream the kind of its last event; undefined for what is no stream, and where the event has none. */
  readonly lastEvent: string | undefined
  /** What it tells, the surest first. */
  readonly parts: readonly AnswerPart[]
  /** Calls that the client has to answer, in their order. */
  readonly calls: readonly ToolCall[]
  /** How it ended, by place: `choices[0]` with `stop`. None for what goes on, and for what has no end. */
  readonly ends: ReadonlyMap<string, string>
  /** It tells of something that goes on, and that clients ask after until it does not. */
  readonly isPending: boolean
}

/** What an answer is, whatever it says. */
export type Form = 'JSON' | 'a stream of events' | 'a conversation' | 'text' | 'HTML' | 'bytes' | 'nothing'

/** A document of an answer: its JSON, or all events of one kind in a stream. */
export interface AnswerPart {
  /** Tells it from the others of the answer: `body`, or the name of events. */
  readonly source: string
  readonly json: Json
  /** What a later request may carry as a whole: messages, output items. */
  readonly items: readonly JsonObject[]
}

/** A tool that a model wants called. */
export interface ToolCall {
  /** By which its output says whose it is; the old functions of chat have none. */
  readonly id: string | undefined
  readonly name: string
  readonly arguments: Json
}

/** Reads an answer of one API. */
export type ReadAnswer = (response: RecordedResponse) => Answer
