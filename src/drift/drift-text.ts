import { type Drift, hasStructuralChanges } from '../api/drift.ts'
import { changeText, type ChangeText, heading, summary, upstreamLines, wordingTexts } from './change-text.ts'

/** Maximum number of changes per interaction, for structure and wording each. */
const MAX_CHANGES = 20

/**
 * Formats changes for a terminal. A recording without changes takes one line.
 * @param name the cassette's name
 * @param colour whether the terminal supports colours
 * @default colour false
 */
export function driftText(name: string, drift: Drift, colour = false): string {
  const paint = (code: number, text: string): string => (colour ? `\u001B[${code}m${text}\u001B[0m` : text)
  return [
    `${name}: ${paint(hasStructuralChanges(drift) ? 31 : 32, summary(drift))}`,
    ...upstreamLines(drift).map((line) => `  ${line}`),
    ...drift.interactions.flatMap((each) => [
      `  ${heading(each)}`,
      ...lines('structure', each.structure.map(changeText), (text) => paint(31, text)),
      ...lines('wording', wordingTexts(each.wording), (text) => paint(33, text)),
    ]),
  ].join('\n')
}

function lines(label: string, all: readonly ChangeText[], paint: (text: string) => string): string[] {
  const shown = all.slice(0, MAX_CHANGES).flatMap(({ text, before, after }) => {
    const values = before === undefined ? [] : [`- ${before}`, `+ ${after}`]
    return [text, ...values.map((value) => `  ${value}`)]
  })
  const more = all.length > MAX_CHANGES ? [`and ${all.length - MAX_CHANGES} more`] : []
  return [...shown, ...more].map(
    (text, i) => `     ${i === 0 ? paint(label.padEnd(11)) : ' '.repeat(11)}${text}`,
  )
}
