import type { Interaction } from '../cassette/cassette.ts'
import type { Json, JsonObject } from '../json/json.ts'

/** What changed at one place of an interaction. */
export interface Change {
  readonly in: 'request' | 'response'
  /**
   * `added` and `removed`: a member, an item, a header, an event type that only one side has.
   * The others are of what both sides have: another type, value, number of items, or only another order.
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
  /** A JSON path without indices (`$.choices[].message.refusal`), a header's name, an event's type; else empty. */
  readonly place: string
  /** The type of the event that holds the path; absent if the answer itself does. */
  readonly event?: string
  /** Absent for what was added. Of several equal changes, the first one's. */
  readonly before?: Json
  /** Absent for what was removed. */
  readonly after?: Json
  /** In how many places under this path. */
  readonly times: number
}

/** Changes of structure, on which a program may depend, apart from changes of wording, which differ from run to run. */
export interface Changes {
  readonly structure: readonly Change[]
  readonly wording: readonly Change[]
}

/** One interaction, as it was and as it is. */
export interface InteractionDrift extends Changes {
  /** Its position in each cassette, from 0; absent for a cassette that lacks it. */
  readonly before?: number
  readonly after?: number
  readonly method: string
  readonly path: string
  /** The request in a few words, for a person to recognise it. */
  readonly gist: string
}

/** How one recording of a cassette differs from another. */
export interface Drift {
  readonly before: RecordingInfo
  readonly after: RecordingInfo
  /** Those that changed, were added or removed, in their order. */
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

/** A request or an answer in the form in which drift compares it. Streams are put together, however they were cut. */
export interface ComparableView {
  /** What its body is: `JSON`, `a stream of events`. */
  readonly form: string
  /** What to show of it next to a body of another form: an error's message. */
  readonly note?: string
  /** Number of events by type, in the order in which the types first appear. */
  readonly events: ReadonlyMap<string, number>
  /** Types whose number of events counts: not those that depend on how a text was cut. */
  readonly counted: ReadonlySet<string>
  readonly documents: readonly ComparableDocument[]
}

/** JSON of a request or an answer, or put together from events of a stream. */
export interface ComparableDocument {
  /** Pairs it with the other side's. Of several with one label, the first is compared with the first. */
  readonly label: string
  /** The type of the event that holds it; absent for the answer itself. */
  readonly event?: string
  readonly json: Json
}

/**
 * How a value is compared.
 *
 * - `ignored`: as if it were not there
 * - `presence`: it has to be there, with any value
 * - `structure`: another value is a change of structure
 * - `arguments`: JSON, mostly in a string, in which another value is a change of structure
 * - `opaque`: another value is a change of wording, and what is inside is not shown
 * - `wording`: another value is a change of wording
 */
export type ComparisonRule = 'ignored' | 'presence' | 'structure' | 'arguments' | 'opaque' | 'wording'

/** How requests and answers of one API are compared. */
export interface DriftRules {
  requestView(interaction: Interaction): ComparableView
  responseView(interaction: Interaction): ComparableView
  gist(interaction: Interaction): string
  /** Equal for requests that match but for generated ids, as earlier answers may have other ones. */
  readonly requestKey: (interaction: Interaction) => string
  /** @param keys the names that lead to a value, `[]` for an item of a list */
  ruleFor(keys: readonly string[]): ComparisonRule
  /** Identifies an item of a list among the others, by its type or the tool that it calls; undefined if it says neither. */
  itemName(item: JsonObject, keys: readonly string[]): string | undefined
  /** Whether another number of items in the list under these names is a change of structure. */
  isCounted(keys: readonly string[]): boolean
  /** A text with every generated id replaced by `<id>`. */
  withoutIds(text: string): string
  headerRule(name: string): 'ignored' | 'presence' | 'value'
}

/** Whether anything changed that a program may depend on. */
export function hasStructuralChanges({ interactions }: Drift): boolean {
  return interactions.some(({ structure }) => structure.length > 0)
}
