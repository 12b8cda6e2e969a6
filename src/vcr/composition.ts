import type { Expires, Expiry } from '../cassette/expiry.ts'
import type { Dependencies } from '../engine/dependencies.ts'
import type { MatcherOptions } from '../match/rules.ts'
import type { ResolvedOptions } from './options/resolve-options.ts'

/** The user's options and the world that libraries and sessions work with. */
export interface Composition {
  readonly options: ResolvedOptions
  readonly dependencies: Dependencies
  /** Values that must not be recorded or shown. */
  readonly secrets: readonly string[]
  /** The matcher rules of one cassette, or of a whole directory. */
  readonly matchersOf: (name: string | undefined) => MatcherOptions
  /** Undefined where recordings may grow as old as they like. */
  readonly expiry?: ExpiryRules
}

/** How old recordings may grow, and whether an older one may be recorded anew without being asked. */
export interface ExpiryRules {
  /**
   * How old this cassette may grow.
   * @param own what its file says
   */
  readonly of: (name: string, own: Expires | undefined) => Expiry | undefined
  /** Why none is recorded anew by itself; undefined where it may be. */
  readonly keptAs: string | undefined
}
