import { applyEdits, type Edit } from '../json/edit.ts'
import { decodeString, tokens } from '../json/lexer.ts'
import type { SecretMatch } from './secrets.ts'

export type Find = (text: string) => readonly SecretMatch[]
export type PlaceholderFor = (found: SecretMatch) => string

/** The text with every match replaced, one way of finding after the other. */
export function replaced(text: string, finds: readonly Find[], placeholderFor: PlaceholderFor): string {
  return finds.reduce(
    (out, find) =>
      applyEdits(
        out,
        find(out).map((each) => ({ ...each, text: placeholderFor(each) })),
      ),
    text,
  )
}

/**
 * The same in a JSON text, token by token: a placeholder must not reach beyond a string, and
 * escapes may hide a secret. Patterns are the user's, and apply to strings only.
 */
export function replacedInJson(
  text: string,
  secrets: Find,
  patterns: readonly Find[],
  placeholderFor: PlaceholderFor,
): string {
  if (patterns.length === 0 && !text.includes(String.raw`\u`) && secrets(text).length === 0) return text
  const edits: Edit[] = []
  for (const { kind, start, end } of tokens(text)) {
    if (kind !== 'string' && kind !== 'scalar') continue
    const token = text.slice(start, end)
    const value = kind === 'string' ? decodeString(token) : token
    const clean = replaced(value, kind === 'string' ? [secrets, ...patterns] : [secrets], placeholderFor)
    if (clean !== value) edits.push({ start, end, text: JSON.stringify(clean) })
  }
  return applyEdits(text, edits)
}
