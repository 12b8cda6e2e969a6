import { type Node, visitNodes } from '../json/edit.ts'

/** A string value of a JSON text, with its place in it. */
export interface StringLeaf {
  readonly start: number
  readonly end: number
  /**
   * The path to it, without list positions but with the indices and ids that objects carry.
   * Pieces of one text in several events, or in several list items, share a channel.
   */
  readonly channel: string
}

/** @param identifying members that distinguish an object from its siblings */
export function stringLeaves(text: string, identifying: ReadonlySet<string>): StringLeaf[] {
  const strings: Node[] = []
  const identities = new Map<Node, string>()
  visitNodes(text, (node) => {
    if (node.kind !== 'string' && node.kind !== 'scalar') return
    const { parent, key, start, end } = node
    if (parent !== undefined && identifies(node, identifying))
      identities.set(parent, `${identities.get(parent) ?? ''}${key}=${text.slice(start, end)},`)
    if (node.kind === 'string') strings.push(node)
  })
  // Only now are all identities known: an index may come after the text that it belongs to.
  const names = new Map<Node, string>()
  return strings.map((node) => ({
    start: node.start,
    end: node.end,
    channel: `$${channelOf(node.parent, identities, names)}/${ownKey(node)}`,
  }))
}

function identifies({ key, parent }: Node, identifying: ReadonlySet<string>): boolean {
  if (parent?.kind !== 'object') return false
  return identifying.has(key) || (key === 'type' && parent.parent === undefined)
}

/** An item of a list has none. */
function ownKey({ key, parent }: Node): string {
  return parent?.kind === 'object' ? key : ''
}

/** Characters of a channel's name that count. */
const NAME_LENGTH = 300

function channelOf(
  container: Node | undefined,
  identities: ReadonlyMap<Node, string>,
  names: Map<Node, string>,
): string {
  const path: Node[] = []
  let at = container
  while (at !== undefined && !names.has(at)) {
    path.push(at)
    at = at.parent
  }
  let name = at === undefined ? '' : (names.get(at) as string)
  for (const each of path.toReversed()) {
    // Cut, so that deep nesting does not cost its depth squared.
    name = `${name.slice(-NAME_LENGTH)}/${ownKey(each)}(${identities.get(each) ?? ''})`
    names.set(each, name)
  }
  return name
}
