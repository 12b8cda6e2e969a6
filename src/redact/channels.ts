import { type Node, visitNodes } from '../json/edit.ts'

/** A string value in a JSON text, with its position. */
export interface StringLeaf {
  readonly start: number
  readonly end: number
  /**
   * The path to the string, with the identifying members of objects in place of list positions, so that
   * fragments of one text share a channel across events and list items.
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
  // Channels are named after the visit: an `index` may come after the text that it belongs to.
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

/** The name of the member that contains the node. Empty for a list item. */
function ownKey({ key, parent }: Node): string {
  return parent?.kind === 'object' ? key : ''
}

/** In characters. Longer names are cut, so that the cost does not grow with the square of the nesting depth. */
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
    name = `${name.slice(-NAME_LENGTH)}/${ownKey(each)}(${identities.get(each) ?? ''})`
    names.set(each, name)
  }
  return name
}
