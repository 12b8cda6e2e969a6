import type { Found } from './secrets.ts'

/**
 * Takes secrets out of a text that arrived in fragments: what stands in for one goes
 * where it begins, and the later fragments lose their share of it.
 */
export function redactFragments(
  fragments: readonly string[],
  find: (text: string) => readonly Found[],
  standIn: (found: Found) => string,
): readonly string[] {
  const found = find(fragments.join(''))
  if (found.length === 0) return fragments
  const out: string[] = []
  let offset = 0
  let first = 0
  for (const fragment of fragments) {
    const end = offset + fragment.length
    while (first < found.length && (found[first] as Found).end <= offset) first++
    let past = first
    while (past < found.length && (found[past] as Found).start < end) past++
    out.push(redactFragment(fragment, offset, found.slice(first, past), standIn))
    offset = end
  }
  return out
}

function redactFragment(
  fragment: string,
  offset: number,
  found: readonly Found[],
  standIn: (found: Found) => string,
): string {
  let out = ''
  let at = 0
  for (const each of found) {
    out += fragment.slice(at, Math.max(at, each.start - offset))
    if (each.start >= offset) out += standIn(each)
    at = Math.min(fragment.length, each.end - offset)
  }
  return out + fragment.slice(at)
}
