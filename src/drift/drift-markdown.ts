import { changedInKind, type InteractionDrift } from '../api/drift.ts'
import { heading, type Named, recordedFrom, summary } from './headings.ts'
import { type Said, sayChange, sayWords } from './say-change.ts'

/** GitHub takes comments of up to 65,536 characters. */
const MOST = 60_000

/** Kept free for the lines that tell what was left out. */
const RESERVE = 200

/** Changes of one interaction that are shown, of each sort. */
const SHOWN = 40

/**
 * What changed in some cassettes, for a comment on a pull request: what changed in kind first,
 * words folded away. Whatever the values hold stands as it is, and is no Markdown.
 * @param most its length in characters; what was left out is counted
 * @default most 60000
 */
export function driftMarkdown(drifts: readonly Named[], most: number = MOST): string {
  const changed = drifts.filter(({ drift }) => drift.interactions.length > 0)
  const kind = changed.filter(({ drift }) => changedInKind(drift))
  const ordered = [...kind, ...changed.filter((each) => !kind.includes(each))]
  const blocks = ordered.flatMap(blocksOf)
  let text = ''
  let shown = 0
  for (const block of blocks) {
    if (text.length + block.length > most - RESERVE) break
    text += block
    shown++
  }
  const same = drifts.length - changed.length
  const rest = [
    ...(shown < blocks.length
      ? [`${blocks.length - shown} more changed interactions do not fit in here.`]
      : []),
    ...(same > 0 ? [`${same === 1 ? '1 cassette' : `${same} cassettes`} without changes.`] : []),
  ]
  return [text.trimEnd(), ...rest].filter((part) => part !== '').join('\n\n')
}

/** One for each changed interaction; the first has the cassette's heading. */
function blocksOf({ name, drift }: Named): string[] {
  const head = [`### ${code(name)}: ${summary(drift)}`, ...recordedFrom(drift).map(code)].join('\n\n')
  return drift.interactions.map((each, i) => `${i === 0 ? `${head}\n\n` : ''}${interaction(each)}\n`)
}

function interaction(drift: InteractionDrift): string {
  const { kind, words } = drift
  const folded = [
    `<details><summary>${words.length === 1 ? '1 change' : `${words.length} changes`} in words</summary>`,
    list(sayWords(words)),
    '</details>',
  ].join('\n\n')
  return [
    code(heading(drift)),
    ...(kind.length > 0 ? [list(kind.map(sayChange))] : []),
    ...(words.length > 0 ? [folded] : []),
  ]
    .map((part) => `${part}\n`)
    .join('\n')
}

function list(all: readonly Said[]): string {
  const more = all.length > SHOWN ? [`- and ${all.length - SHOWN} more`] : []
  return [...all.slice(0, SHOWN).map(item), ...more].join('\n')
}

function item({ text, before, after }: Said): string {
  if (before === undefined || after === undefined) return `- ${code(text)}`
  const fence = '`'.repeat(Math.max(3, 1 + longestTicks(before), 1 + longestTicks(after)))
  return [`- ${code(text)}`, '', `  ${fence}diff`, `  - ${before}`, `  + ${after}`, `  ${fence}`].join('\n')
}

/** A code span: no Markdown, HTML or name of a user counts in it. */
function code(text: string): string {
  const ticks = '`'.repeat(1 + longestTicks(text))
  const pad = text.startsWith('`') || text.endsWith('`') ? ' ' : ''
  return `${ticks}${pad}${text}${pad}${ticks}`
}

function longestTicks(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
}
