import type { Json } from '../json/json.ts'
import type { Change } from '../api/drift.ts'

/** A difference between two JSON values, before equal ones are counted together. */
export interface Found extends Pick<Change, 'what' | 'place' | 'before' | 'after'> {
  readonly of: 'kind' | 'words'
}

/** Two values at one place. */
export interface Pair {
  /** For a person to read: without indices. */
  readonly path: string
  readonly keys: readonly string[]
  /** Inside a tool's arguments: every value counts, and names are the user's own. */
  readonly closed?: true
  readonly before: Json | undefined
  readonly after: Json | undefined
}

/** What one place tells, and what is to be compared inside. */
export interface Step {
  readonly found?: readonly Found[]
  readonly inner?: readonly Pair[]
}

export function isScalar(value: Json): boolean {
  return typeof value !== 'object' || value === null
}

/** As JSON names it. */
export function typeOf(value: Json): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'list'
  return typeof value === 'bigint' ? 'number' : typeof value
}

/** Deeper than any grammar looks: what lies deeper is compared as what lies there. */
export const DEEPEST = 200

/** The names that lead to what stands under these. */
export function below(keys: readonly string[], key: string): readonly string[] {
  return keys.length < DEEPEST ? [...keys, key] : keys
}
