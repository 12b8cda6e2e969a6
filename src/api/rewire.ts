import type { JsonObject } from '../json/json.ts'
import type { ReadAnswer } from './answer.ts'

/**
 * What a value is, by its look and by the member that holds it: an `id` is one wherever it stands as a word; a
 * `name` only in a member that holds ids, in a path or in a query; a `text` only as a whole.
 */
export type ValueKind = 'id' | 'name' | 'text'

/** What one has to know of an API to put values of new answers into recorded requests. */
export interface RewireRules {
  readonly readAnswer: ReadAnswer
  valueKind(value: string, member: string): ValueKind
  /** Whether only the API can have made a word: an id, a signature. */
  isGenerated(word: string): boolean
  /** Whether a member holds ids, or cursors. */
  isIdMember(name: string): boolean
  /** Whether an object describes a model, whose id is no generated value but its name. */
  isModel(object: JsonObject): boolean
  /** Whether an object of a request holds what a model wrote; undefined if it does not say. */
  isModelOutput(object: JsonObject): boolean | undefined
  /** The calls whose output an object of a request is. */
  answeredCalls(object: JsonObject): readonly CallReference[]
  /** Members by which an item is recognised when a client sends it back: one of them has to be equal. */
  readonly identifyingMembers: ReadonlySet<string>
}

/** By the call's id; for APIs without one, by the name of the function. */
export type CallReference = { readonly id: string } | { readonly name: string }
