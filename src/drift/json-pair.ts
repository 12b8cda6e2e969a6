import type { Json } from '../json/json.ts'
import type { Change } from '../api/drift.ts'

/** Which of the two lists of changes a change belongs to. */
export type ChangeLevel = 'structure' | 'wording'

/** A difference between two JSON values, before equal ones are counted together. */
export interface JsonChange extends Pick<Change, 'what' | 'place' | 'before' | 'after'> {
  readonly level: ChangeLevel
}

/** Two values at one place. */
export interface JsonPair {
  /** For a person to read: without indices. */
  readonly path: string
  readonly keys: readonly string[]
  /** Inside a tool's arguments, where every value counts and names are the user's own. */
  readonly inArguments?: true
  readonly before: Json | undefined
  readonly after: Json | undefined
}

/** The changes at one place, and the pairs inside that are still to be compared. */
export interface PairResult {
  readonly changes?: readonly JsonChange[]
  readonly inner?: readonly JsonPair[]
}

export function isScalar(value: Json): boolean {
  return typeof value !== 'object' || value === null
}

/** As JSON calls it, with `list` for an array. */
export function typeOf(value: Json): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'list'
  return typeof value === 'bigint' ? 'number' : typeof value
}

/** Deeper than any rule looks; keys below are not remembered. */
export const MAX_DEPTH = 200

/** The names that lead to `key` under these. */
export function below(keys: readonly string[], key: string): readonly string[] {
  return keys.length < MAX_DEPTH ? [...keys, key] : keys
}
