import type { Node } from 'oxc-parser'
import { law, type Violation } from './law.ts'
import { codeOf, nodesOf, readTree, roomOf, type SourceFile } from './source-tree.ts'

/** Rooms that face the world. Everything else is handed its clock, randomness and environment. */
const FACING_THE_WORLD: ReadonlySet<string> = new Set(['node', 'adapters', 'testing', 'cli'])

const files = [...readTree('src').values()].filter(({ path }) => !FACING_THE_WORLD.has(roomOf(path)))

const ENTRY = 'an entry: reads it once, and hands it in'

law(
  'only rooms that face the world have a clock',
  linesWith(
    /\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b|\bset(?:Timeout|Interval)\b|\bAbortSignal\.timeout\b|\bhrtime\b|'node:timers/,
  ),
  {},
)

law(
  'only rooms that face the world have randomness',
  linesWith(/\bMath\.random\b|\brandom(?:UUID|Bytes|Int)\b|\bgetRandomValues\b/),
  {
    'src/rerecord/outgoing.ts': 'each form has a boundary of its own',
  },
)

law(
  'only rooms that face the world have an environment',
  linesWith(/\bprocess\.(?:env|cwd|argv|platform|arch|versions?|pid|exec\w+|std\w+)\b|'node:(?:os|process)'/),
  {
    'src/server/start.ts': ENTRY,
    'src/vcr/open-cassette.ts': ENTRY,
  },
)

/** Methods that change a collection in place. */
const CHANGING = new Set(
  'set add delete clear push pop shift unshift splice sort reverse fill copyWithin'.split(' '),
)

law('no state stands at the top of a module', files.flatMap(stateIn), {})

/** The files in which code matches, each with the first line that does. */
function linesWith(words: RegExp): readonly Violation[] {
  return files.flatMap((file) => {
    const lines = codeOf(file).split('\n')
    const at = lines.findIndex((line) => words.test(line))
    return at < 0 ? [] : [{ at: file.path, detail: `line ${at + 1}: ${lines[at]?.trim()}` }]
  })
}

/** Variables at the top level, and static fields, that are assigned to or changed in place; objects as keys hold nothing alive. */
function stateIn({ path, program }: SourceFile): readonly Violation[] {
  const nodes = nodesOf(program)
  const changed = new Set(nodes.map(({ node }) => changedBy(node)))
  return nodes.flatMap(({ node, within: [parent, ...others] }) => {
    if (node.type === 'PropertyDefinition' && node.static && !node.readonly)
      return [{ at: `${path} ${nameOf(node.key)}`, detail: 'a static field' }]
    if (node.type !== 'VariableDeclarator' || parent?.type !== 'VariableDeclaration') return []
    if (!others.every(({ type }) => type === 'Program' || type === 'ExportNamedDeclaration')) return []
    const isWeak = node.init?.type === 'NewExpression' && /^Weak(?:Map|Set)$/.test(nameOf(node.init.callee))
    const isState = parent.kind !== 'const' || (changed.has(nameOf(node.id)) && !isWeak)
    return isState ? [{ at: `${path} ${nameOf(node.id)}`, detail: parent.kind }] : []
  })
}

/** The name of what an expression changes in place: `a` for `a.set(1, 2)`, `a.b = 1`, `a[0]++` and `delete a.b`. */
function changedBy(node: Node): string | undefined {
  if (node.type === 'CallExpression' && node.callee.type === 'MemberExpression')
    return CHANGING.has(nameOf(node.callee.property)) ? rootOf(node.callee) : undefined
  if (node.type === 'AssignmentExpression') return rootOf(node.left)
  if (node.type === 'UpdateExpression') return rootOf(node.argument)
  return node.type === 'UnaryExpression' && node.operator === 'delete' ? rootOf(node.argument) : undefined
}

function rootOf(node: Node): string {
  return node.type === 'MemberExpression' ? rootOf(node.object) : nameOf(node)
}

function nameOf(node: Node): string {
  return 'name' in node && typeof node.name === 'string' ? node.name : ''
}
