/**
 * The source of a pattern that matches a value in every encoding: unchanged, inside JSON or JSON within
 * JSON, with \u escapes, percent-encoded in a URL or a form, or as UTF-8 decoded as Latin-1.
 */
export function spelling(value: string): string {
  // Each level of JSON doubles backslashes, so that a run of them matches a run of any length.
  return [...value.replaceAll(/\\+/g, '\\')].map(charSpelling).join('')
}

/** The backslashes before an escape: 1 at the first level of JSON, 3 at the second, 7 at the third. */
const ESCAPING = String.raw`\\{1,15}`

/** JSON's short escapes. */
const SHORT: Readonly<Record<string, string>> = {
  '"': '"',
  '/': '/',
  '\n': 'n',
  '\r': 'r',
  '\t': 't',
  '\b': 'b',
  '\f': 'f',
}

function charSpelling(char: string): string {
  const utf8 = Buffer.from(char)
  const units = Array.from({ length: char.length }, (_, i) =>
    char.charCodeAt(i).toString(16).padStart(4, '0'),
  )
  const forms = [
    escapeRegExp(char),
    units.map((unit) => `${ESCAPING}u${anyCase(unit)}`).join(''),
    [...utf8].map((byte) => `%(?:25){0,3}${anyCase(byte.toString(16).padStart(2, '0'))}`).join(''),
  ]
  const short = SHORT[char]
  if (short !== undefined) forms.push(ESCAPING + short)
  if (char === ' ') forms.push(String.raw`\+`)
  if (utf8.length > 1) forms.push(utf8.toString('latin1'))
  return `(?:${forms.join('|')})${char === '\\' ? '+' : ''}`
}

function anyCase(hex: string): string {
  return hex.replaceAll(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`)
}

export function escapeRegExp(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`)
}
