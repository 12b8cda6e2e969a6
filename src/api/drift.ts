import type { Interaction } from '../cassette/cassette.ts'
import type { Json, JsonObject } from '../json/json.ts'

/** What changed at one place of an interaction. */
export interface Change {
  readonly in: 'request' | 'response'
  /**
   * `came` and `went`: a member, an item, a header, a type of event that is there on one side only.
   * `type` and `value`: it is there on both sides. `items`: their number. `order`: their order alone.
   */
  readonly what: 'came' | 'went' | 'type' | 'value' | 'items' | 'order'
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
  /** The type of the event that holds the path, where it is not the answer itself. */
  readonly event?: string
  /** Absent for what came. Of several equal changes, the first one's. */
  readonly before?: Json
  /** Absent for what went. */
  readonly after?: Json
  /** In how many places under this path. */
  readonly times: number
}

/** Changes in kind, which a program may stumble over, apart from changes in words. */
export interface Changes {
  readonly kind: readonly Change[]
  readonly words: readonly Change[]
}

/** One interaction, as it was and as it is. */
export interface InteractionDrift extends Changes {
  /** Its place in each cassette, from 0; absent where the cassette has none like it. */
  readonly before?: number
  readonly after?: number
  readonly method: string
  readonly path: string
  /** The request in a few words, to know it by. */
  readonly gist: string
}

/** How one recording differs from another. */
export interface Drift {
  readonly before: Recorded
  readonly after: Recorded
  /** Those that changed, came or went, in their order. */
  readonly interactions: readonly InteractionDrift[]
  readonly unchanged: number
}

/** Where and when. */
export interface Recorded {
  readonly upstream: string
  /** `YYYY-MM-DD` */
  readonly recordedAt: string
  readonly interactions: number
}

/** An answer, or a request, as it is compared: however it was cut into events. */
export interface Reading {
  /** What its body is: `JSON`, `a stream of events`. */
  readonly form: string
  /** What is worth knowing of it where the other one is of another form: an error's message. */
  readonly note?: string
  /** Types of events with their number, in the order in which they first came. */
  readonly events: ReadonlyMap<string, number>
  /** Whether the number of events of a type says something: not where it depends on how a text was cut. */
  readonly counted: ReadonlySet<string>
  readonly documents: readonly Document[]
}

/** JSON that was told. */
export interface Document {
  /** What it is. Of several under one label the first is compared with the first. */
  readonly label: string
  /** The type of event that holds it, where it is not the answer itself. */
  readonly event?: string
  readonly json: Json
}

/**
 * How a value is compared. `omitted`: as if it were not there. `volatile`: it has to be there, and
 * its value does not count. `closed`: another value is another kind. `arguments`: JSON, mostly in a
 * string, in which another value is another kind. `whole`: words, with nothing to be seen inside.
 */
export type Rule = 'omitted' | 'volatile' | 'closed' | 'arguments' | 'whole' | 'words'

/** What an API's answers mean, as far as a drift depends on it. */
export interface Grammar {
  asked(interaction: Interaction): Reading
  answered(interaction: Interaction): Reading
  gist(interaction: Interaction): string
  /** @param keys the names that lead to a value, `[]` for an item of a list */
  ruleOf(keys: readonly string[]): Rule
  /** What an item of a list is, where it says so: its type, the tool that it calls. */
  nameOf(item: JsonObject, keys: readonly string[]): string | undefined
  /** Whether another number of items is another kind. */
  isCounted(keys: readonly string[]): boolean
  /** A text without what is minted for each answer. */
  withoutIds(text: string): string
  /** What of a response's header counts. */
  headerRule(name: string): 'omitted' | 'presence' | 'value'
}

/** Whether anything changed in kind. */
export function changedInKind({ interactions }: Drift): boolean {
  return interactions.some(({ kind }) => kind.length > 0)
}
