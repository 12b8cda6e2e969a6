import type { Find, PlaceholderFor } from './replace.ts'
import type { SecretMatch } from './secrets.ts'

/**
 * Redacts a text that is split into fragments. The fragment where a secret begins gets the placeholder.
 * The rest of the secret is removed from later fragments.
 */
export function redactFragments(
  fragments: readonly string[],
  find: Find,
  placeholderFor: PlaceholderFor,
): readonly string[] {
  const found = find(fragments.join(''))
  if (found.length === 0) return fragments
  const out: string[] = []
  let offset = 0
  let first = 0
  for (const fragment of fragments) {
    const end = offset + fragment.length
    while (first < found.length && (found[first] as SecretMatch).end <= offset) first++
    let past = first
    while (past < found.length && (found[past] as SecretMatch).start < end) past++
    out.push(redactFragment(fragment, offset, found.slice(first, past), placeholderFor))
    offset = end
  }
  return out
}

function redactFragment(
  fragment: string,
  offset: number,
  found: readonly SecretMatch[],
  placeholderFor: PlaceholderFor,
): string {
  let out = ''
  let at = 0
  for (const each of found) {
    out += fragment.slice(at, Math.max(at, each.start - offset))
    if (each.start >= offset) out += placeholderFor(each)
    at = Math.min(fragment.length, each.end - offset)
  }
  return out + fragment.slice(at)
}
