import type { Expires, Expiry } from '../cassette/expiry.ts'
import type { Dependencies } from '../engine/dependencies.ts'
import type { MatcherOptions } from '../match/rules.ts'
import type { ResolvedOptions } from './options/resolve-options.ts'

/** The user's options, and the dependencies of libraries and sessions. */
export interface Composition {
  readonly options: ResolvedOptions
  readonly dependencies: Dependencies
  /** Values that must not be recorded or shown. */
  readonly secrets: readonly string[]
  /** The matcher rules of one cassette, or of a whole directory. */
  readonly matchersOf: (name: string | undefined) => MatcherOptions
  /** Undefined where recordings do not expire. */
  readonly expiry?: ExpiryRules
}

/** When recordings expire, and whether an expired one may be recorded again automatically. */
export interface ExpiryRules {
  /**
   * When this cassette expires.
   * @param own the setting in the cassette's file
   */
  readonly of: (name: string, own: Expires | undefined) => Expiry | undefined
  /** Why expired cassettes are not recorded again automatically. Undefined where they are. */
  readonly keptAs: string | undefined
}
