import { type Token, tokens } from './lexer.ts'

/** Removes white space between tokens. Tokens are copied unchanged. */
export function compactJson(text: string): string {
  const out: string[] = []
  for (const token of tokens(text)) out.push(text.slice(token.start, token.end))
  return out.join('')
}

/** JSON nested more deeply is not indented: most of its lines would be white space. */
const MAX_DEPTH = 48

/**
 * Indents JSON by two spaces per level. A list of numbers or short strings stays on one line.
 * `compactJson(prettyJson(text))` equals `compactJson(text)`.
 */
export function prettyJson(text: string): string {
  const all = [...tokens(text)]
  const flat = flatArrays(all)
  const out: string[] = []
  let depth = 0
  for (let i = 0; i < all.length; i++) {
    const token = all[i] as Token
    const end = flat.get(i)
    if (end !== undefined) {
      out.push(onOneLine(text, all.slice(i, end + 1)))
      i = end
    } else if (token.kind === '{' || token.kind === '[') {
      if (closes(all[i + 1])) {
        out.push(token.kind, all[i + 1]!.kind)
        i++
      } else if (++depth > MAX_DEPTH) return compactJson(text)
      else out.push(token.kind, newline(depth))
    } else if (closes(token)) out.push(newline(--depth), token.kind)
    else if (token.kind === ',') out.push(',', newline(depth))
    else out.push(token.kind === ':' ? ': ' : text.slice(token.start, token.end))
  }
  return out.join('')
}

/** The lists of scalars that are printed on one line: index of the token `[` to index of its `]`. */
function flatArrays(all: readonly Token[]): Map<number, number> {
  const found = new Map<number, number>()
  let open = -1
  for (const [i, token] of all.entries()) {
    if (token.kind === '[') open = i
    else if (token.kind === '{' || token.kind === '}' || token.kind === ':') open = -1
    else if (token.kind === ']' && open >= 0) {
      if (isFlat(all, open, i)) found.set(open, i)
      open = -1
    }
  }
  return found
}

function isFlat(all: readonly Token[], open: number, close: number): boolean {
  const strings = all.slice(open, close).filter((token) => token.kind === 'string')
  const length = (all[close] as Token).end - (all[open] as Token).start
  return close > open + 1 && (strings.length === 0 || length < 80)
}

function onOneLine(text: string, list: readonly Token[]): string {
  return list.map((token) => (token.kind === ',' ? ', ' : text.slice(token.start, token.end))).join('')
}

function closes(token: Token | undefined): boolean {
  return token?.kind === '}' || token?.kind === ']'
}

function newline(depth: number): string {
  return `\n${'  '.repeat(depth)}`
}
