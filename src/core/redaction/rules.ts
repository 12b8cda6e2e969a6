/**
 * A rule of the user's own. A pattern or a text is replaced wherever it stands; a
 * header is removed from what is kept. `as` is what stands in its place.
 * @example { match: /cust_[a-z0-9]{8}/, as: 'cust_redacted' }
 * @example { header: 'x-internal-trace' }
 */
export type RedactRule =
  | RegExp
  | string
  | { readonly match: RegExp | string; readonly as?: string }
  | { readonly header: string }

export interface TextRule {
  readonly match: RegExp
  readonly as: string
}

export interface CompiledRules {
  readonly texts: readonly TextRule[]
  readonly headers: ReadonlySet<string>
}

export function compileRules(rules: readonly RedactRule[]): CompiledRules {
  const texts: TextRule[] = []
  const headers = new Set<string>()
  for (const rule of rules) {
    if (typeof rule === 'string' || rule instanceof RegExp) texts.push({ match: global(rule), as: 'secret-redacted' })
    else if ('header' in rule) headers.add(rule.header.toLowerCase())
    else texts.push({ match: global(rule.match), as: rule.as ?? 'secret-redacted' })
  }
  return { texts, headers }
}

function global(match: RegExp | string): RegExp {
  if (typeof match === 'string') return new RegExp(match.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`), 'g')
  return new RegExp(match.source, match.flags.includes('g') ? match.flags : `${match.flags}g`)
}
