/**
 * What stands in a secret's place. The kind is kept, so that what reads the answer
 * still sees a key where there was a key.
 */
const KINDS = {
  'sk-': 'sk-redacted',
  'sess-': 'sess-redacted',
  ek_: 'ek_redacted',
  'org-': 'org-redacted',
  proj_: 'proj_redacted',
  secret: 'secret-redacted',
} as const

export type SecretKind = keyof typeof KINDS

/** What every placeholder begins with, whatever stands behind it. */
export const PLACEHOLDER_START = '(?:sk-|sess-|ek_|org-|proj_|secret-)redacted'

const PLACEHOLDER = /(sk-|sess-|ek_|org-|proj_|secret-)redacted(?:-\d+)?/g

export function kindOf(secret: string): SecretKind {
  const prefix = /^(?:sk-|sess-|ek_|org-|proj_)/.exec(secret)?.[0]
  return (prefix as SecretKind | undefined) ?? 'secret'
}

export function isPlaceholder(text: string): boolean {
  return text.replace(PLACEHOLDER, '') === ''
}

export function holdsPlaceholder(text: string): boolean {
  return new RegExp(PLACEHOLDER_START).test(text)
}

/** A placeholder without a number, for bytes: those are compared by their hash, which a number would change. */
export function placeholderInBytes(secret: string): string {
  return KINDS[kindOf(secret)]
}

/** Remembers which placeholder stands for which value, so that one value always gets the same. */
export class PlaceholderBook {
  readonly #byKind = new Map<SecretKind, Map<string, string>>()

  placeholder(secret: string, kind: SecretKind = kindOf(secret)): string {
    const known = this.#byKind.get(kind) ?? new Map<string, string>()
    this.#byKind.set(kind, known)
    const placeholder =
      known.get(secret) ?? (known.size === 0 ? KINDS[kind] : `${KINDS[kind]}-${known.size + 1}`)
    known.set(secret, placeholder)
    return placeholder
  }
}

/** Numbers placeholders by their order in this text: two texts that differ in numbering alone become equal. */
export function renumberPlaceholders(text: string): string {
  const seen = new Map<string, string>()
  const counts = new Map<string, number>()
  return text.replace(PLACEHOLDER, (placeholder, kind: string) => {
    const known = seen.get(placeholder)
    if (known !== undefined) return known
    const count = (counts.get(kind) ?? 0) + 1
    counts.set(kind, count)
    const renumbered = `${kind}redacted${count === 1 ? '' : `-${count}`}`
    seen.set(placeholder, renumbered)
    return renumbered
  })
}
