import type { Interaction } from '../cassette/cassette.ts'
import type { Json, JsonObject } from '../json/json.ts'

/** A change at one path of an interaction. */
export interface Change {
  readonly in: 'request' | 'response'
  /**
   * `added` and `removed` are for a member, an item, a header or an event type that only one side has.
   * The others compare two values: their type, value, number of items, or order of items.
   */
  readonly what: 'added' | 'removed' | 'type' | 'value' | 'items' | 'order'
  readonly about:
    | 'interaction'
    | 'path'
    | 'status'
    | 'end'
    | 'form'
    | 'content type'
    | 'header'
    | 'event'
    | 'json'
  /** A JSON path without indices (`$.choices[].message.refusal`), the name of a header, an event type, or empty. */
  readonly place: string
  /** The type of the event that contains the path. Absent if it is in the body. */
  readonly event?: string
  /** Absent if the value was added. If several changes are equal, the first value. */
  readonly before?: Json
  /** Absent if the value was removed. */
  readonly after?: Json
  /** The number of values under this path that changed in the same way. */
  readonly times: number
}

/** Changes of structure, which programs may depend on, and changes of wording, which vary from run to run. */
export interface Changes {
  readonly structure: readonly Change[]
  readonly wording: readonly Change[]
}

/** The changes to one interaction. */
export interface InteractionDrift extends Changes {
  /** The position in the old cassette, from 0. Absent if the interaction was added. */
  readonly before?: number
  /** The position in the new cassette, from 0. Absent if the interaction was removed. */
  readonly after?: number
  readonly method: string
  readonly path: string
  /** A short description of the request for messages. */
  readonly gist: string
}

/** The differences between two recordings of a cassette. */
export interface Drift {
  readonly before: RecordingInfo
  readonly after: RecordingInfo
  /** The changed, added and removed interactions, in order. */
  readonly interactions: readonly InteractionDrift[]
  readonly unchanged: number
}

export interface RecordingInfo {
  readonly upstream: string
  /** `YYYY-MM-DD` */
  readonly recordedAt: string
  readonly interactions: number
}

export interface CassetteDrift {
  readonly name: string
  readonly drift: Drift
}

/** A request or a response in the form that drift compares. The fragments of a stream are joined. */
export interface ComparableView {
  /** The form of the body: `JSON`, `a stream of events`. */
  readonly form: string
  /** A summary to show when the other body has a different form, such as the message of an error. */
  readonly note?: string
  /** The number of events by type, in the order in which the types first appear. */
  readonly events: ReadonlyMap<string, number>
  /** The event types whose number is compared. The number of deltas depends on how a text was split. */
  readonly counted: ReadonlySet<string>
  readonly documents: readonly ComparableDocument[]
}

/** JSON in a request or a response, or joined from the events of a stream. */
export interface ComparableDocument {
  /** Documents with the same label are compared, in order. */
  readonly label: string
  /** The type of the event that contains the JSON. Absent for a body. */
  readonly event?: string
  readonly json: Json
}

/**
 * How a value is compared.
 *
 * - `ignored`: not compared
 * - `presence`: must be present on both sides; its value is ignored
 * - `structure`: a different value is a change of structure
 * - `arguments`: JSON, mostly in a string, where a different value is a change of structure
 * - `opaque`: a different value is a change of wording, and its content is not shown
 * - `wording`: a different value is a change of wording
 */
export type ComparisonRule = 'ignored' | 'presence' | 'structure' | 'arguments' | 'opaque' | 'wording'

/** How the requests and responses of one API are compared. */
export interface DriftRules {
  requestView(interaction: Interaction): ComparableView
  responseView(interaction: Interaction): ComparableView
  gist(interaction: Interaction): string
  /** Equal for requests that match apart from generated ids, because earlier responses may contain different ids. */
  readonly requestKey: (interaction: Interaction) => string
  /** @param keys the member names that lead to a value, with `[]` for a list item */
  ruleFor(keys: readonly string[]): ComparisonRule
  /** Identifies a list item by its type or by the tool that it calls. Undefined if it has neither. */
  itemName(item: JsonObject, keys: readonly string[]): string | undefined
  /** Whether a different number of items in the list at `keys` is a change of structure. */
  isCounted(keys: readonly string[]): boolean
  /** Replaces every generated id in a text with `<id>`. */
  withoutIds(text: string): string
  headerRule(name: string): 'ignored' | 'presence' | 'value'
}

export function hasStructuralChanges({ interactions }: Drift): boolean {
  return interactions.some(({ structure }) => structure.length > 0)
}
