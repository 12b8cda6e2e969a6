import { type CassetteDrift, hasStructuralChanges, type InteractionDrift } from '../api/drift.ts'
import { counted } from '../messages/figures.ts'
import { changeText, type ChangeText, heading, summary, upstreamLines, wordingTexts } from './change-text.ts'

/** GitHub takes comments of up to 65,536 characters. */
const MAX_LENGTH = 60_000

/** Characters kept free for the lines that count what was left out. */
const RESERVE = 200

/** Maximum number of changes per interaction, for structure and wording each. */
const MAX_CHANGES = 40

/**
 * Formats changes for a comment on a pull request. Changes in structure come first; changes in wording are collapsed.
 * Values are shown as code, so that their content is not rendered as Markdown.
 * @param maxLength in characters; the text ends with the number of interactions that did not fit
 * @default maxLength 60000
 */
export function driftMarkdown(drifts: readonly CassetteDrift[], maxLength: number = MAX_LENGTH): string {
  const changed = drifts.filter(({ drift }) => drift.interactions.length > 0)
  const structural = changed.filter(({ drift }) => hasStructuralChanges(drift))
  const ordered = [...structural, ...changed.filter((each) => !structural.includes(each))]
  const blocks = ordered.flatMap(blocksOf)
  let text = ''
  let shown = 0
  for (const block of blocks) {
    if (text.length + block.length > maxLength - RESERVE) break
    text += block
    shown++
  }
  const same = drifts.length - changed.length
  const rest = [
    ...(shown < blocks.length ? [`${blocks.length - shown} more changed interactions are not shown.`] : []),
    ...(same > 0 ? [`${counted(same, 'cassette')} unchanged.`] : []),
  ]
  return [text.trimEnd(), ...rest].filter((part) => part !== '').join('\n\n')
}

/** Returns one block per changed interaction. The first block begins with the cassette's heading. */
function blocksOf({ name, drift }: CassetteDrift): string[] {
  const head = [`### ${code(name)}: ${summary(drift)}`, ...upstreamLines(drift).map(code)].join('\n\n')
  return drift.interactions.map((each, i) => `${i === 0 ? `${head}\n\n` : ''}${interaction(each)}\n`)
}

function interaction(drift: InteractionDrift): string {
  const { structure, wording } = drift
  const folded = [
    `<details><summary>${counted(wording.length, 'change')} in wording</summary>`,
    list(wordingTexts(wording)),
    '</details>',
  ].join('\n\n')
  return [
    code(heading(drift)),
    ...(structure.length > 0 ? [list(structure.map(changeText))] : []),
    ...(wording.length > 0 ? [folded] : []),
  ]
    .map((part) => `${part}\n`)
    .join('\n')
}

function list(all: readonly ChangeText[]): string {
  const more = all.length > MAX_CHANGES ? [`- and ${all.length - MAX_CHANGES} more`] : []
  return [...all.slice(0, MAX_CHANGES).map(item), ...more].join('\n')
}

function item({ text, before, after }: ChangeText): string {
  if (before === undefined || after === undefined) return `- ${code(text)}`
  const fence = '`'.repeat(Math.max(3, 1 + longestTicks(before), 1 + longestTicks(after)))
  return [`- ${code(text)}`, '', `  ${fence}diff`, `  - ${before}`, `  + ${after}`, `  ${fence}`].join('\n')
}

/** A code span, in which Markdown, HTML and @mentions have no effect. */
function code(text: string): string {
  const ticks = '`'.repeat(1 + longestTicks(text))
  const pad = text.startsWith('`') || text.endsWith('`') ? ' ' : ''
  return `${ticks}${pad}${text}${pad}${ticks}`
}

function longestTicks(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
}
