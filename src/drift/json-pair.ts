import type { Json } from '../json/json.ts'
import type { Change } from '../api/drift.ts'

/** The list of changes that a change belongs to. */
export type ChangeLevel = 'structure' | 'wording'

/** A difference between two JSON values, before equal differences are merged. */
export interface JsonChange extends Pick<Change, 'what' | 'place' | 'before' | 'after'> {
  readonly level: ChangeLevel
}

/** The two values at one path. */
export interface JsonPair {
  /** For display, without array indices. */
  readonly path: string
  readonly keys: readonly string[]
  /** Set inside a tool's arguments: every value counts there, and the user chose the names. */
  readonly inArguments?: true
  readonly before: Json | undefined
  readonly after: Json | undefined
}

/** The changes at one path, and the nested pairs that are still to be compared. */
export interface PairResult {
  readonly changes?: readonly JsonChange[]
  readonly inner?: readonly JsonPair[]
}

export function isScalar(value: Json): boolean {
  return typeof value !== 'object' || value === null
}

/** The JSON type, with `list` for an array. */
export function typeOf(value: Json): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'list'
  return typeof value === 'bigint' ? 'number' : typeof value
}

/** Keys below this depth are dropped. No rule looks this deep. */
export const MAX_DEPTH = 200

export function childKeys(keys: readonly string[], key: string): readonly string[] {
  return keys.length < MAX_DEPTH ? [...keys, key] : keys
}
