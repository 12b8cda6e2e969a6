import { law } from './law.ts'
import { readTree } from './source-tree.ts'

/** Node's modules that start a process. */
const STARTS_PROCESS = /^(?:node:)?(?:child_process|cluster)$/

const tests = readTree('test')

// Source that could start one is no reason to refuse a test: who runs it in a test hands it a stand-in.
law(
  'unit and property tests start no process, by no helper either',
  [...tests.keys()]
    .filter((file) => /^test\/(?:unit|property)\//.test(file))
    .flatMap((file) => {
      const way = wayToProcess(file)
      return way === undefined ? [] : [{ at: file, detail: `by ${way.join(' > ')}` }]
    }),
)

/** The files of test/ that lead from one to a module that starts processes; undefined where none does. */
function wayToProcess(start: string): readonly string[] | undefined {
  const todo: (readonly string[])[] = [[start]]
  const seen = new Set<string>()
  for (const way of todo) {
    const imports = tests.get(way.at(-1) as string)?.imports ?? []
    if (imports.some(({ to }) => STARTS_PROCESS.test(to))) return way
    for (const { to } of imports)
      if (!seen.has(to)) {
        seen.add(to)
        todo.push([...way, to])
      }
  }
  return undefined
}
