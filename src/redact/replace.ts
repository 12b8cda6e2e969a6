import { applyEdits, type Edit } from '../json/edit.ts'
import { decodeString, tokens } from '../json/lexer.ts'
import type { Found } from './secrets.ts'

export type Find = (text: string) => readonly Found[]
export type StandIn = (found: Found) => string

/** The text with all that is found replaced, by one way of finding after the other. */
export function replaced(text: string, finds: readonly Find[], standIn: StandIn): string {
  return finds.reduce(
    (out, find) =>
      applyEdits(
        out,
        find(out).map((each) => ({ ...each, text: standIn(each) })),
      ),
    text,
  )
}

/**
 * The same in a JSON text, token by token: what stands in for a secret must not reach
 * beyond a string, and escapes may hide one. Patterns are the user's, and meant for strings.
 */
export function replacedInJson(
  text: string,
  secrets: Find,
  patterns: readonly Find[],
  standIn: StandIn,
): string {
  if (patterns.length === 0 && !text.includes(String.raw`\u`) && secrets(text).length === 0) return text
  const edits: Edit[] = []
  for (const { kind, start, end } of tokens(text)) {
    if (kind !== 'string' && kind !== 'scalar') continue
    const token = text.slice(start, end)
    const value = kind === 'string' ? decodeString(token) : token
    const clean = replaced(value, kind === 'string' ? [secrets, ...patterns] : [secrets], standIn)
    if (clean !== value) edits.push({ start, end, text: JSON.stringify(clean) })
  }
  return applyEdits(text, edits)
}
