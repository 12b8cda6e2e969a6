import { law, type Violation } from './law.ts'
import { functionsIn, type Measured, shapesIn, typeNames } from './measures.ts'
import { readTree } from './source-tree.ts'

const MOST_FIELDS = 12
const MOST_PARAMETERS = 4

const tree = readTree('src')

// Also for names that are not exported: who searches for a type finds one.
law(
  'a type name has one meaning',
  [...typeNames(tree)]
    .filter(([, files]) => files.length > 1)
    .map(([at, files]) => ({ at, detail: files.join(', ') })),
  {},
)

law(`an interface has at most ${MOST_FIELDS} fields`, over(MOST_FIELDS, shapesIn(tree), 'fields'), {})

law(
  `a function has at most ${MOST_PARAMETERS} parameters`,
  over(MOST_PARAMETERS, functionsIn(tree), 'parameters'),
  {},
)

function over(most: number, all: readonly Measured[], unit: string): readonly Violation[] {
  return all
    .filter(({ size }) => size > most)
    .map(({ file, name, size }) => ({ at: name, detail: `${size} ${unit}, in ${file}` }))
}
