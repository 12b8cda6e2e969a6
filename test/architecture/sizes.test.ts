import { law } from './law.ts'
import { crumbsIn, folderSizes, linesOf } from './measures.ts'
import { entriesOf, readTree } from './source-tree.ts'

const MOST_FILES = 20
const MOST_LINES = 250

const UNTIL_MERGED = 'to be merged into the one file that imports it'

const tree = readTree('src')

law(
  `a folder has at most ${MOST_FILES} files`,
  [...folderSizes(tree)]
    .filter(([, size]) => size > MOST_FILES)
    .map(([folder, size]) => ({ at: folder, detail: `${size} files; make folders in it, by subject` })),
)

law(
  `a file has at most ${MOST_LINES} lines`,
  [...tree.values()]
    .filter((file) => linesOf(file) > MOST_LINES)
    .map((file) => ({ at: file.path, detail: `${linesOf(file)} lines` })),
  {},
)

law(
  'a file of fewer than 30 lines has two importers, or is an entry of the package',
  crumbsIn(tree, new Set(entriesOf().values())).map((at) => ({
    at,
    detail: 'merge it into the one file that imports it',
  })),
  {
    'src/vcr/options/faults-file.ts': UNTIL_MERGED,
  },
)
