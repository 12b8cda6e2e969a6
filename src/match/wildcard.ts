/** A pattern in which `*` matches any characters. */
export function wildcard(pattern: string): RegExp {
  const literal = pattern.split('*').map((each) => each.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
  return new RegExp(`^${literal.join('.*')}$`, 's')
}
