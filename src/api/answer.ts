import type { RecordedResponse } from '../cassette/cassette.ts'
import type { Json, JsonObject } from '../json/json.ts'

/** A response as later requests depend on it. Streams are joined. */
export interface Answer {
  readonly form: Form
  /** Type of a stream's terminating event; undefined for other forms, and for APIs that send none. */
  readonly lastEvent: string | undefined
  /** Its documents, the most reliable first. */
  readonly parts: readonly AnswerPart[]
  /** Calls that the client has to answer, in their order. */
  readonly calls: readonly ToolCall[]
  /** How it ended, by place: `choices[0]` with `stop`. Empty for what still goes on, and for what has no end. */
  readonly ends: ReadonlyMap<string, string>
  /** Whether it contains something that still goes on, so that clients poll it. */
  readonly isPending: boolean
}

/** The form of an answer, whatever its content. */
export type Form = 'JSON' | 'a stream of events' | 'a conversation' | 'text' | 'HTML' | 'bytes' | 'nothing'

/** A document of an answer: its JSON, or all events of one type. */
export interface AnswerPart {
  /** `body`, `chunks`, or the type of the events. */
  readonly source: string
  readonly json: Json
  /** What a later request may carry whole: messages, output items. */
  readonly items: readonly JsonObject[]
}

/** A call of a client's tool. */
export interface ToolCall {
  /** Its output refers to this; the old functions of chat have none. */
  readonly id: string | undefined
  readonly name: string
  readonly arguments: Json
}

/** Reads an answer of one API. */
export type ReadAnswer = (response: RecordedResponse) => Answer
