import type { RecordedResponse } from '../cassette/cassette.ts'
import type { Json, JsonObject } from '../json/json.ts'
import type { Use } from './usage.ts'

/** An answer of an API, read once and the same for everything that reads it. Streams are joined. */
export interface AnswerRecord {
  readonly form: AnswerForm
  /** Its JSON, the most reliable documents first. */
  readonly documents: readonly AnswerDocument[]
  /** What a model wrote: an entry for each choice, message or output item. */
  readonly outputs: readonly AnswerOutput[]
  /** Calls that the client has to answer, in their order. */
  readonly calls: readonly ToolCall[]
  /** What it reports on; several for a list and for a conversation. */
  readonly results: readonly AnswerResult[]
  readonly events: AnswerEvents
  /** How it ended, by place: `choices[0]` with `stop`. Empty for what still goes on, and for what has no end. */
  readonly ends: ReadonlyMap<string, string>
  /** Whether it contains something that still goes on, so that clients poll it. */
  readonly isPending: boolean
  readonly error: AnswerError | undefined
}

/** The form of an answer, whatever its content. */
export type AnswerForm = StreamForm | 'JSON' | 'text' | 'HTML' | 'bytes' | 'nothing'

/** A stream comes as server-sent events, or over a WebSocket. */
export type StreamForm = 'a stream of events' | 'a conversation'

/** A document of an answer: its JSON, or all events of one type. */
export interface AnswerDocument {
  /** `body`, `chunks`, or the type of the events. */
  readonly source: string
  readonly json: Json
  /** What a later request may carry whole: messages, output items. */
  readonly items: readonly JsonObject[]
}

/** What a model wrote in one place. */
export interface AnswerOutput {
  /** The index of the choice; absent for what is no choice. */
  readonly choice?: number
  readonly texts: readonly OutputText[]
  readonly calls: readonly ToolCall[]
}

export interface OutputText {
  readonly kind: 'text' | 'refusal' | 'reasoning' | 'transcript' | 'code'
  /** What the API calls it: `content`, `output_text`, `reasoning_content`. */
  readonly label: string
  readonly text: string
}

/** A call of a tool. */
export interface ToolCall {
  /** Its output refers to this; the old functions of chat have none. */
  readonly id: string | undefined
  readonly name: string
  /** As the model wrote it: JSON, or the free text of a custom tool. */
  readonly input: string
  /** The input as a value, so that white space does not count. */
  readonly arguments: Json
  /** The API answers the calls of its own tools. */
  readonly answeredBy: 'client' | 'API'
}

/** Something that was made, or is reported on: a completion, a Response, a run. */
export interface AnswerResult {
  readonly id: string | undefined
  readonly model: string | undefined
  /** As its `usage` has it; undefined while it goes on. */
  readonly usage: Use | undefined
  readonly json: JsonObject
}

/** The events of a stream, apart from what they contain. */
export interface AnswerEvents {
  /** How many hold no piece of an output, by type. */
  readonly others: ReadonlyMap<string, number>
  /** Type of the terminating event; undefined for other forms, and for APIs that send none. */
  readonly last: string | undefined
  /** The latest sequence number; undefined where events have none. */
  readonly sequence: number | undefined
}

export interface AnswerError {
  readonly code: string | undefined
  readonly message: string | undefined
}

/** Reads an answer of one API. */
export type ReadAnswer = (response: RecordedResponse) => AnswerRecord
