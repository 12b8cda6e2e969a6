import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { type Comment, type Node, parseSync, type Program, visitorKeys } from 'oxc-parser'

const ROOT = new URL('../../', import.meta.url).pathname

/** One TypeScript file of ours, read and parsed. */
export interface SourceFile {
  /** From the project's root: `src/match/lookup.ts`. */
  readonly path: string
  readonly text: string
  readonly program: Program
  readonly comments: readonly Comment[]
  /** What it imports and re-exports, types included, in the order of the file. */
  readonly imports: readonly Import[]
  readonly exports: readonly Export[]
}

export interface Export {
  /** `Default` for a default export, `None` for all that another file exports. */
  readonly name: string
  readonly isType: boolean
}

export interface Import {
  /** The importing file. */
  readonly from: string
  /** A file of ours from the project's root, or a package as it is written. */
  readonly to: string
  readonly isOurs: boolean
}

/** All TypeScript files under a folder, by their paths. */
export function readTree(folder: 'src' | 'test'): ReadonlyMap<string, SourceFile> {
  const names = readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
  return new Map(
    names
      .filter((name) => name.endsWith('.ts'))
      .toSorted()
      .map((name) => [`${folder}/${name}`, readSource(`${folder}/${name}`)]),
  )
}

/** A file of the project as text. */
export function readText(file: string): string {
  return readFileSync(path.join(ROOT, file), 'utf8')
}

function readSource(file: string): SourceFile {
  const text = readText(file)
  const { program, comments, module, errors } = parseSync(file, text)
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`)
  const specifiers = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest),
    ...module.staticExports.flatMap(({ entries }) => entries.map(({ moduleRequest }) => moduleRequest)),
    ...module.dynamicImports.map(({ moduleRequest }) => literalAt(text, moduleRequest)),
    // `import('./file.ts').Type`
    ...nodesOf(program).flatMap(({ node }) => (node.type === 'TSImportType' ? [node.source] : [])),
  ]
  return {
    path: file,
    text,
    program,
    comments,
    imports: specifiers
      .filter((specifier) => specifier !== null)
      .toSorted((a, b) => a.start - b.start)
      .map(({ value }) => importOf(file, value)),
    exports: module.staticExports.flatMap(({ entries }) =>
      entries.map(({ exportName, isType }) => ({ name: exportName.name ?? exportName.kind, isType })),
    ),
  }
}

/** The address of an `import()`; null where it is computed. */
function literalAt(text: string, { start, end }: { readonly start: number; readonly end: number }) {
  const value = /^'([^']*)'$/.exec(text.slice(start, end))?.[1]
  return value === undefined ? null : { value, start }
}

function importOf(from: string, to: string): Import {
  const isOurs = to.startsWith('.')
  return { from, to: isOurs ? path.posix.join(path.posix.dirname(from), to) : to, isOurs }
}

/** A node, and those that it stands in, the nearest first. */
export interface Placed {
  readonly node: Node
  readonly within: readonly Node[]
}

/** All nodes of a file, in its order. */
export function nodesOf(program: Program): readonly Placed[] {
  const found: Placed[] = []
  const visit = (node: Node, within: readonly Node[]): void => {
    found.push({ node, within })
    const inside = [node, ...within]
    for (const key of visitorKeys[node.type] ?? [])
      for (const child of [(node as unknown as Readonly<Record<string, unknown>>)[key]].flat())
        if (child !== null && child !== undefined) visit(child as Node, inside)
  }
  visit(program, [])
  return found
}

/** A file without its comments, whose examples may say anything; lines stand where they stood. */
export function codeOf({ text, comments }: SourceFile): string {
  let code = ''
  let end = 0
  for (const comment of comments) {
    code += text.slice(end, comment.start) + text.slice(comment.start, comment.end).replaceAll(/[^\n]/g, ' ')
    end = comment.end
  }
  return code + text.slice(end)
}

/** `match` for `src/match/near-miss/similarity/digest.ts`; `root` for a file that stands in src/ itself. */
export function roomOf(file: string): string {
  const [, room, ...rest] = file.split('/')
  return rest.length === 0 ? 'root' : (room as string)
}

/** The sub-room: `match/similarity` for `src/match/near-miss/similarity/digest.ts`. */
export function folderOf(file: string): string {
  return path.posix.dirname(file).replace(/^src\//, '')
}

/** The files that users reach: those of package.json's `exports` and `bin`, as they stand in src/. */
export function entriesOf(): ReadonlyMap<string, string> {
  const { exports, bin } = JSON.parse(readText('package.json')) as {
    readonly exports: Readonly<Record<string, string | { readonly default: string }>>
    readonly bin: Readonly<Record<string, string>>
  }
  const built = [
    ...Object.entries(exports).map(([name, at]) => [name, typeof at === 'string' ? at : at.default] as const),
    ...Object.entries(bin),
  ]
  return new Map(
    built
      .filter(([, file]) => file.endsWith('.js'))
      .map(([name, file]) => [name, file.replace(/^\.\/dist\/(.*)\.js$/, 'src/$1.ts')]),
  )
}
