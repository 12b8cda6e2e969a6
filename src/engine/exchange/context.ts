import type { Destination } from '../../api/dialect.ts'
import type { Repeat } from '../../match/lookup.ts'
import type { Dependencies } from '../dependencies.ts'
import type { Library } from '../library/library.ts'
import type { Timing } from '../timing.ts'

/** What a session works with. Sessions share their library, and libraries share the dependencies. */
export interface SessionContext {
  readonly dependencies: Dependencies
  readonly library: Library
  readonly options: SessionOptions
}

export interface SessionOptions {
  readonly repeat: Repeat
  readonly timing: Timing
  /** The base URL for requests whose adapter does not know one, or the one that the user chose. */
  readonly base: Destination
  readonly keepTruncated: boolean
}

/** The URL that a request's path is appended to. */
export function baseOf({ options: { base } }: SessionContext, request: { readonly origin?: string }): string {
  return base.explicit ? base.url : (request.origin ?? base.url)
}
