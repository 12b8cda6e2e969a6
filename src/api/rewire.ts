import type { JsonObject } from '../json/json.ts'
import type { ReadAnswer } from './answer.ts'

/**
 * Where a recorded value is replaced. An `id` is replaced wherever it occurs as a word. A `name` is replaced only
 * in members that contain ids, in paths and in queries. A `text` is replaced only if it is the entire string.
 */
export type ValueKind = 'id' | 'name' | 'text'

/** What rewiring needs to know about an API to put values from new responses into recorded requests. */
export interface RewireRules {
  readonly readAnswer: ReadAnswer
  valueKind(value: string, member: string): ValueKind
  /** Whether a word must come from the API, such as an id or a signature. */
  isGenerated(word: string): boolean
  /** Whether a member contains ids or cursors. */
  isIdMember(name: string): boolean
  /** Whether an object describes a model. The id of a model is its name, not a generated value. */
  isModel(object: JsonObject): boolean
  /** Whether an object in a request contains model output. Undefined if this is unknown. */
  isModelOutput(object: JsonObject): boolean | undefined
  /** The tool calls that an object in a request answers. */
  answeredCalls(object: JsonObject): readonly CallReference[]
  /** Members that identify an item when a client sends it back. At least one of them must be equal. */
  readonly identifyingMembers: ReadonlySet<string>
}

/** The id of a call. For APIs without call ids, the name of the function. */
export type CallReference = { readonly id: string } | { readonly name: string }
