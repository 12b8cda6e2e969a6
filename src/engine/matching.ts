import type { Dialect } from '../api/dialect.ts'
import { type Identify, identifyBy } from '../match/identity.ts'
import { compileMatchers, type MatcherOptions } from '../match/rules.ts'

/** How requests are compared in a source, its rules ready to use. */
export interface Matching {
  readonly identify: Identify
  readonly headers: readonly string[]
  readonly hasRules: boolean
  readonly align: boolean
}

/** @throws UsageError that names the rule that cannot be one */
export function matchingOf(options: MatcherOptions, { requests, shapes }: Dialect): Matching {
  const projection = compileMatchers(options, requests.toolSchemas)
  return {
    identify: identifyBy(shapes.secrets.placeholders, projection),
    headers: options.headers ?? [],
    hasRules: projection !== undefined,
    align: options.align ?? true,
  }
}
