/**
 * Prints the figures that docs/architecture.md keeps, as a table. What is counted is defined where it is counted, in
 * test/architecture/measures.ts and scripts/figures/. With `--files`, it lists the files that are executed as well.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startBare } from '../bench/servers.ts'
import {
  crumbsIn,
  floorsOf,
  folderSizes,
  linesOf,
  shapesIn,
  typeNames,
} from '../test/architecture/measures.ts'
import { entriesOf, readTree, roomOf } from '../test/architecture/source-tree.ts'
import { filesOfRecording, filesOfReplay, recordChats } from './figures/executed-files.ts'
import { shareOfBareRate } from './figures/replay-rate.ts'

interface Figure {
  readonly name: string
  /** Of the code of November 2026, before it moved into rooms: as this script counts, and as people did, where that differs. */
  readonly november: number | string
  readonly now: number | string
  /** What has the largest value, or all that is counted. */
  readonly where?: string
}

const ofSource = figuresOfSource()
const ofRuns = await figuresOfRuns()
process.stdout.write('| figure | November | now | where |\n| --- | ---: | ---: | --- |\n')
for (const { name, november, now, where = '' } of [...ofSource, ...ofRuns.figures])
  process.stdout.write(`| ${name} | ${november} | ${now} | ${where} |\n`)
if (process.argv.includes('--files'))
  for (const [what, files] of Object.entries(ofRuns.executed))
    process.stdout.write(`\nExecuted for ${what}:\n${files.map((file) => `- ${file}\n`).join('')}`)

function figuresOfSource(): readonly Figure[] {
  const tree = readTree('src')
  const lines = [...tree.values()].map(linesOf).reduce((a, b) => a + b, 0)
  const largest = shapesIn(tree).reduce((a, b) => (b.size > a.size ? b : a))
  const ambiguous = [...typeNames(tree)].filter(([, files]) => files.length > 1).map(([name]) => name)
  const crumbs = crumbsIn(tree, new Set(entriesOf().values()))
  const crowded = [...folderSizes(tree)].filter(([, size]) => size > 20).map(([folder]) => folder)
  const [room, chain] = [...floorsOf(tree, roomOf)].reduce((a, b) => (b[1].length > a[1].length ? b : a))
  return [
    { name: 'files in src', november: 345, now: tree.size },
    { name: 'lines in src', november: '26,401', now: lines.toLocaleString('en') },
    { name: 'fields of the largest interface', november: 25, now: largest.size, where: largest.name },
    {
      name: 'type names with two meanings',
      november: 41,
      now: ambiguous.length,
      where: ambiguous.join(', '),
    },
    { name: 'files under 30 lines with one importer', november: 24, now: crumbs.length },
    { name: 'folders over 20 files', november: 5, now: crowded.length, where: crowded.join(', ') },
    { name: 'floors of the deepest room', november: '18 (by hand 15)', now: chain.length, where: room },
  ]
}

async function figuresOfRuns() {
  const dir = await mkdtemp(path.join(tmpdir(), 'openai-vcr-figures-'))
  const bare = await startBare()
  try {
    await recordChats(dir, bare.url)
    const replay = await filesOfReplay(dir, false)
    const repeated = await filesOfReplay(dir, true)
    const recording = await filesOfRecording(dir, bare.url)
    const rate = (await shareOfBareRate(dir, bare.url)).toFixed(2)
    const figures: readonly Figure[] = [
      {
        name: 'files executed for one replayed POST through the server',
        november: '40 (by hand 35)',
        now: replay.length,
      },
      {
        name: 'files executed for a POST that the server has seen before',
        november: 31,
        now: repeated.length,
      },
      {
        name: 'files executed for one recorded stream through `vcr.fetch`',
        november: '56 (by hand 54)',
        now: recording.length,
      },
      { name: 'rate of a repeated request, as a share of bare `node:http`', november: 0.5, now: rate },
    ]
    const executed = {
      'the replayed POST': replay,
      'the repeated POST': repeated,
      'the recorded stream': recording,
    }
    return { figures, executed }
  } finally {
    await bare.stop()
    await rm(dir, { recursive: true })
  }
}
