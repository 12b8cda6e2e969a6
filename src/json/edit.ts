import { type Json, parseJson } from './json.ts'
import { tokens } from './lexer.ts'

/** A value of a JSON text, or the name of a member, with its place in it. */
export interface Node {
  readonly kind: 'string' | 'scalar' | 'list' | 'object' | 'member'
  readonly start: number
  end: number
  /** The member that carries it; of an item, the member that carries its list. */
  readonly key: string
  readonly parent: Node | undefined
  readonly children: Node[]
}

/** The values of a JSON text. The text is taken to be valid JSON. */
export function nodesOf(text: string): Node | undefined {
  let root: Node | undefined
  let open: Node | undefined
  let member: string | undefined
  for (const { kind, start, end } of tokens(text)) {
    if (kind === '}' || kind === ']') {
      if (open !== undefined) open.end = end
      open = open?.parent
    } else if (kind === 'string' && open?.kind === 'object' && member === undefined) {
      member = parseJson(text.slice(start, end)) as string
      open.children.push({ kind: 'member', start, end, key: member, parent: open, children: [] })
    } else if (kind !== ',' && kind !== ':') {
      const key = open?.kind === 'object' ? (member ?? '') : (open?.key ?? '')
      const node: Node = { kind: KINDS[kind], start, end, key, parent: open, children: [] }
      member = undefined
      root ??= node
      open?.children.push(node)
      if (kind === '{' || kind === '[') open = node
    }
  }
  return root
}

const KINDS = { string: 'string', scalar: 'scalar', '[': 'list', '{': 'object' } as const

export function valueOf(text: string, { start, end }: Node): Json {
  return parseJson(text.slice(start, end)) as Json
}

/** A stretch of a text, and what stands there from now on. */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly by: string
}

/** The text with these stretches replaced, every other byte as it was. */
export function edited(text: string, edits: readonly Edit[]): string {
  const out: string[] = []
  let at = 0
  for (const { start, end, by } of edits) {
    out.push(text.slice(at, start), by)
    at = end
  }
  return out.join('') + text.slice(at)
}
