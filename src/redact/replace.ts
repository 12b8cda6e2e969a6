import { applyEdits, type Edit } from '../json/edit.ts'
import { decodeString, tokens } from '../json/lexer.ts'
import type { SecretMatch } from './secrets.ts'

export type Find = (text: string) => readonly SecretMatch[]
export type PlaceholderFor = (found: SecretMatch) => string

/** Replaces every match. Each finder searches the result of the finder before it. */
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
 * Replaces matches in JSON, one token at a time: a placeholder must stay inside its string, and escapes
 * may hide a secret.
 * @param patterns the user's patterns, which apply to strings only
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
