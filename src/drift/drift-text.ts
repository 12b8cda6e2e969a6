import { changedInKind, type Drift } from '../api/drift.ts'
import { heading, recordedFrom, summary } from './headings.ts'
import { type Said, sayChange, sayWords } from './say-change.ts'

/** Changes of one interaction that are shown, of each sort. */
const SHOWN = 20

/**
 * What changed, for a terminal. A recording without changes is one line.
 * @param name the cassette's
 * @param colour whether the terminal has colours
 * @default colour false
 */
export function driftText(name: string, drift: Drift, colour = false): string {
  const paint = (code: number, text: string): string => (colour ? `\u001B[${code}m${text}\u001B[0m` : text)
  return [
    `${name}: ${paint(changedInKind(drift) ? 31 : 32, summary(drift))}`,
    ...recordedFrom(drift).map((line) => `  ${line}`),
    ...drift.interactions.flatMap((each) => [
      `  ${heading(each)}`,
      ...lines('kind', each.kind.map(sayChange), (text) => paint(31, text)),
      ...lines('words', sayWords(each.words), (text) => paint(33, text)),
    ]),
  ].join('\n')
}

function lines(label: string, all: readonly Said[], paint: (text: string) => string): string[] {
  const shown = all.slice(0, SHOWN).flatMap(({ text, before, after }) => {
    const values = before === undefined ? [] : [`- ${before}`, `+ ${after}`]
    return [text, ...values.map((value) => `  ${value}`)]
  })
  const more = all.length > SHOWN ? [`and ${all.length - SHOWN} more`] : []
  return [...shown, ...more].map(
    (text, i) => `     ${i === 0 ? paint(label.padEnd(6)) : ' '.repeat(6)}${text}`,
  )
}
