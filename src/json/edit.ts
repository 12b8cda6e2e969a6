import { parseJson, type Json } from './json.ts'
import { decodeString, tokens } from './lexer.ts'

/** A value in a JSON text, or the name of a member, with its position in the text. */
export interface Node {
  readonly kind: 'string' | 'scalar' | 'list' | 'object' | 'member'
  readonly start: number
  end: number
  /** The name of the member that contains the node. For a list item, the member that contains the list. */
  readonly key: string
  readonly parent: Node | undefined
  /** Only `treeOf` fills it. */
  readonly children: Node[]
}

/**
 * Visits the nodes of a JSON text in document order. An object or a list is visited when it opens; its `end`
 * is set when it closes.
 */
export function visitNodes(text: string, visit: (node: Node) => void): void {
  let open: Node | undefined
  let member: string | undefined
  for (const { kind, start, end } of tokens(text)) {
    if (kind === '}' || kind === ']') {
      if (open !== undefined) open.end = end
      open = open?.parent
    } else if (kind === 'string' && open?.kind === 'object' && member === undefined) {
      member = decodeString(text.slice(start, end))
      visit({ kind: 'member', start, end, key: member, parent: open, children: NONE })
    } else if (kind !== ',' && kind !== ':') {
      const key = open?.kind === 'object' ? (member ?? '') : (open?.key ?? '')
      const isContainer = kind === '{' || kind === '['
      const node = { kind: KINDS[kind], start, end, key, parent: open, children: isContainer ? [] : NONE }
      member = undefined
      visit(node)
      if (isContainer) open = node
    }
  }
}

const KINDS = { string: 'string', scalar: 'scalar', '[': 'list', '{': 'object' } as const

/** Shared by all leaves, which are most of the nodes. */
const NONE: Node[] = []

/** Parses a JSON text into a tree of nodes. Undefined if the text is empty. */
export function treeOf(text: string): Node | undefined {
  let root: Node | undefined
  visitNodes(text, (node) => {
    root ??= node
    node.parent?.children.push(node)
  })
  return root
}

export function valueOf(text: string, { start, end }: Node): Json {
  return parseJson(text.slice(start, end)) as Json
}

/** A range of a text, and its replacement. */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** Applies edits to a text. Everything outside the edited ranges stays as it is. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  if (edits.length === 0) return text
  const out: string[] = []
  let at = 0
  for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
    out.push(text.slice(at, edit.start), edit.text)
    at = edit.end
  }
  out.push(text.slice(at))
  return out.join('')
}
