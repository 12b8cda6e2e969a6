/**
 * A token of a JSON text, with its position. Layout and redaction edit tokens, so that
 * the rest of the text stays as it is. The text must be valid JSON.
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

/** Decodes a string token, quotes included. */
export function decodeString(token: string): string {
  return JSON.parse(token) as string
}

function isPunctuation(char: string): char is '{' | '}' | '[' | ']' | ',' | ':' {
  return '{}[],:'.includes(char)
}

/** The index after the closing quote of the string that starts at `open`. */
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
