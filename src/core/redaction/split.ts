import type { Found } from './secrets.ts'

/**
 * Takes secrets out of a text that arrived in fragments: the placeholder goes where
 * the secret begins, and the later fragments lose their share of it.
 */
export function redactFragments(
  fragments: readonly string[],
  find: (text: string) => readonly Found[],
  placeholder: (secret: string) => string,
): readonly string[] {
  const found = find(fragments.join(''))
  if (found.length === 0) return fragments
  const out: string[] = []
  let offset = 0
  for (const fragment of fragments) {
    const end = offset + fragment.length
    out.push(redactFragment(fragment, offset, found.filter((each) => each.start < end && each.end > offset), placeholder))
    offset = end
  }
  return out
}

function redactFragment(
  fragment: string,
  offset: number,
  found: readonly Found[],
  placeholder: (secret: string) => string,
): string {
  let out = ''
  let at = 0
  for (const { start, end, secret } of found) {
    out += fragment.slice(at, Math.max(at, start - offset))
    if (start >= offset) out += placeholder(secret)
    at = Math.min(fragment.length, end - offset)
  }
  return out + fragment.slice(at)
}
