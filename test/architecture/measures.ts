// What the laws and scripts/figures.ts count, defined once.
import type { Node } from 'oxc-parser'
import { folderOf, nodesOf, type Placed, type SourceFile } from './source-tree.ts'

export type Tree = ReadonlyMap<string, SourceFile>

/** Something with a name and a size. */
export interface Measured {
  readonly file: string
  readonly name: string
  readonly size: number
}

/** Line feeds, as `wc -l` counts them. */
export function linesOf({ text }: SourceFile): number {
  return text.split('\n').length - 1
}

/** How many files of the tree import each file, types included. */
function importersOf(tree: Tree): ReadonlyMap<string, number> {
  const importers = new Map<string, Set<string>>()
  for (const { path, imports } of tree.values())
    for (const { to, isOurs } of imports)
      if (isOurs) importers.set(to, (importers.get(to) ?? new Set()).add(path))
  return new Map([...tree.keys()].map((file) => [file, importers.get(file)?.size ?? 0]))
}

/** Files of fewer than 30 lines that one other file needs, or none, and that are no entries: crumbs. */
export function crumbsIn(tree: Tree, entries: ReadonlySet<string>): readonly string[] {
  const importers = importersOf(tree)
  return [...tree.values()]
    .filter(
      (file) => linesOf(file) < 30 && !entries.has(file.path) && (importers.get(file.path) as number) < 2,
    )
    .map(({ path }) => path)
}

/** How many files stand in each folder itself. */
export function folderSizes(tree: Tree): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>()
  for (const file of tree.keys()) sizes.set(folderOf(file), (sizes.get(folderOf(file)) ?? 0) + 1)
  return sizes
}

/** Where each interface, type alias and class is declared, exported or not; type parameters do not count. */
export function typeNames(tree: Tree): ReadonlyMap<string, readonly string[]> {
  const files = new Map<string, string[]>()
  for (const { path, program } of tree.values()) {
    const names = new Set(nodesOf(program).map(({ node }) => declaredType(node)))
    for (const name of names) if (name !== undefined) files.set(name, [...(files.get(name) ?? []), path])
  }
  return files
}

function declaredType(node: Node): string | undefined {
  switch (node.type) {
    case 'TSInterfaceDeclaration':
    case 'TSTypeAliasDeclaration':
      return node.id.name
    case 'ClassDeclaration':
      return node.id?.name
    default:
      return undefined
  }
}

/** The members of every interface and object type, its own and not those that it extends. */
export function shapesIn(tree: Tree): readonly Measured[] {
  return measure(tree, (node) => {
    if (node.type === 'TSInterfaceBody') return node.body.length
    return node.type === 'TSTypeLiteral' ? node.members.length : undefined
  })
}

/** The parameters of every function, method, constructor, and of every type of one. */
export function functionsIn(tree: Tree): readonly Measured[] {
  return measure(tree, (node) => {
    if (!('params' in node) || !Array.isArray(node.params) || TYPE_PARAMETERS.has(node.type)) return undefined
    return node.params.filter((each) => !('name' in each && each.name === 'this')).length
  })
}

/** These have `params` too. */
const TYPE_PARAMETERS = new Set(['TSTypeParameterDeclaration', 'TSTypeParameterInstantiation'])

function measure(tree: Tree, sizeOf: (node: Node) => number | undefined): readonly Measured[] {
  return [...tree.values()].flatMap(({ path, program }) =>
    nodesOf(program).flatMap((placed) => {
      const size = sizeOf(placed.node)
      return size === undefined ? [] : [{ file: path, name: nameOf(placed), size }]
    }),
  )
}

/** `Vcr.close` for a method, else the nearest name: of a declaration, a variable or a property. */
function nameOf({ node, within }: Placed): string {
  const names: string[] = []
  for (const each of [node, ...within]) {
    const named = 'id' in each ? each.id : 'key' in each ? each.key : undefined
    if (named === null || named === undefined || typeof named !== 'object' || !('name' in named)) continue
    names.unshift(named.type === 'PrivateIdentifier' ? `#${named.name}` : (named.name as string))
    if ('id' in each) break
  }
  return names.join('.')
}
/**
 * The deepest chain of imports inside one room, in files: a file that imports none of its room stands on
 * the first floor, one that imports it on the second. Type imports count.
 */
export function floorsOf(
  tree: Tree,
  roomOf: (file: string) => string,
): ReadonlyMap<string, readonly string[]> {
  const chains = new Map<string, readonly string[]>()
  const chainFrom = (file: string): readonly string[] => {
    const known = chains.get(file)
    if (known !== undefined) return known
    // A cycle ends here instead of running forever; a law of its own refuses it.
    chains.set(file, [file])
    const below = (tree.get(file)?.imports ?? [])
      .filter(({ to, isOurs }) => isOurs && roomOf(to) === roomOf(file))
      .map(({ to }) => chainFrom(to))
    const chain = [file, ...below.reduce((a, b) => (b.length > a.length ? b : a), [])]
    chains.set(file, chain)
    return chain
  }
  const deepest = new Map<string, readonly string[]>()
  for (const file of tree.keys()) {
    const chain = chainFrom(file)
    if (chain.length > (deepest.get(roomOf(file))?.length ?? 0)) deepest.set(roomOf(file), chain)
  }
  return deepest
}
