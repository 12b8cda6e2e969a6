/**
 * JSON as text: its tokens with their places, for work that must not touch a byte
 * it does not mean to (layout, redaction). The text is taken to be valid JSON.
 */
export interface Token {
  readonly kind: 'string' | 'scalar' | '{' | '}' | '[' | ']' | ',' | ':'
  readonly start: number
  readonly end: number
}

export function* tokens(text: string): Generator<Token> {
  let at = 0
  while (at < text.length) {
    const char = text[at] as string
    if (char === ' ' || char === '\n' || char === '\r' || char === '\t') {
      at++
      continue
    }
    const start = at
    if (char === '"') {
      at = stringEnd(text, at)
      yield { kind: 'string', start, end: at }
    } else if (isPunctuation(char)) {
      at++
      yield { kind: char, start, end: at }
    } else {
      at = scalarEnd(text, at)
      yield { kind: 'scalar', start, end: at }
    }
  }
}

/** The value of a string token. */
export function decodeString(token: string): string {
  return JSON.parse(token) as string
}

function isPunctuation(char: string): char is '{' | '}' | '[' | ']' | ',' | ':' {
  return '{}[],:'.includes(char)
}

/** Position after the closing quote of the string that opens at `open`. */
function stringEnd(text: string, open: number): number {
  let quote = text.indexOf('"', open + 1)
  while (quote >= 0 && isEscaped(text, quote)) quote = text.indexOf('"', quote + 1)
  return quote < 0 ? text.length : quote + 1
}

function isEscaped(text: string, quote: number): boolean {
  let backslashes = 0
  while (text[quote - 1 - backslashes] === '\\') backslashes++
  return backslashes % 2 === 1
}

function scalarEnd(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && !' \n\r\t{}[],:"'.includes(text[at] as string)) at++
  return at
}
