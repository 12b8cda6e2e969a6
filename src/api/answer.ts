import type { RecordedResponse } from '../cassette/cassette.ts'
import type { Json, JsonObject } from '../json/json.ts'
import type { Use } from './usage.ts'

/** The content of a response, in one form for all features that need it. The events of a stream are joined. */
export interface AnswerRecord {
  readonly form: AnswerForm
  /** The JSON in the response, the most reliable documents first. */
  readonly documents: readonly AnswerDocument[]
  /** The output of the model, with an entry for each choice, message or output item. */
  readonly outputs: readonly AnswerOutput[]
  /** The tool calls that the client has to answer, in order. */
  readonly calls: readonly ToolCall[]
  /** The objects that the response describes. A list and a conversation have several. */
  readonly results: readonly AnswerResult[]
  readonly events: AnswerEvents
  /** Why outputs ended, by path: `stop` at `choices[0]`. Unfinished outputs are missing. */
  readonly ends: ReadonlyMap<string, string>
  /** Whether the response contains an unfinished object, which clients poll. */
  readonly isPending: boolean
  readonly error: AnswerError | undefined
}

export type AnswerForm = StreamForm | 'JSON' | 'text' | 'HTML' | 'bytes' | 'nothing'

/** Server-sent events, or the messages of a WebSocket. */
export type StreamForm = 'a stream of events' | 'a conversation'

/** JSON in a response: its body, or all events of one type. */
export interface AnswerDocument {
  /** `body`, `chunks`, or the type of the events. */
  readonly source: string
  readonly json: Json
  /** Objects that a client may send back unchanged in a later request: messages, output items. */
  readonly items: readonly JsonObject[]
}

/** The output of a model in one choice, message or output item. */
export interface AnswerOutput {
  /** The index of the choice. Absent for other outputs. */
  readonly choice?: number
  readonly texts: readonly OutputText[]
  readonly calls: readonly ToolCall[]
}

export interface OutputText {
  readonly kind: 'text' | 'refusal' | 'reasoning' | 'transcript' | 'code'
  /** The API's name for the text: `content`, `output_text`, `reasoning_content`. */
  readonly label: string
  readonly text: string
}

export interface ToolCall {
  /** The id that the tool's output refers to. Undefined for the deprecated function calls of chat completions. */
  readonly id: string | undefined
  readonly name: string
  /** The input as the model wrote it: JSON, or free text for a custom tool. */
  readonly input: string
  /** The parsed input, so that comparisons ignore white space. */
  readonly arguments: Json
  /** Who runs the tool. The API runs its built-in tools itself. */
  readonly answeredBy: 'client' | 'API'
}

/** An object that a response describes: a completion, a Response, a run. */
export interface AnswerResult {
  readonly id: string | undefined
  readonly model: string | undefined
  /** Read from the object's `usage`. Undefined while the object is unfinished. */
  readonly usage: Use | undefined
  readonly json: JsonObject
}

/** Metadata about the events of a stream. */
export interface AnswerEvents {
  /** The number of events that contain no output, by type. */
  readonly others: ReadonlyMap<string, number>
  /** The type of the event that ends the stream. Undefined if there is no such event. */
  readonly last: string | undefined
  /** The latest sequence number. Undefined if the events have none. */
  readonly sequence: number | undefined
}

export interface AnswerError {
  readonly code: string | undefined
  readonly message: string | undefined
}

/** Reads the responses of one API. */
export type ReadAnswer = (response: RecordedResponse) => AnswerRecord
