import { counted, dollars, grouped } from '../../messages/figures.ts'
import type { Tokens, UsageTotals } from '../../api/usage.ts'
import { type Column, table } from '../terminal/table.ts'
import { costText, tokensText } from '../terminal/usage-cells.ts'
import type { By, Row, Stats } from './rows.ts'

/** The statistics as a table. A cell is empty where nothing is known; a column that would be empty is left out. */
export function statsTable({ by, rows, total }: Stats): string {
  const all = [...rows, total]
  const number = (head: string, cellOf: (row: Row) => string): Column => ({
    head,
    isNumber: true,
    cells: all.map(cellOf),
  })
  const whole = (head: string, numberIn: (row: Row) => number | undefined): Column =>
    number(head, (row) => wholeText(numberIn(row)))
  const tokens = (head: string, ...kinds: readonly (keyof Tokens)[]): Column =>
    number(head, ({ recorded }) => tokensText(recorded, kinds))
  const needed = [
    tokens('cached', 'cachedInput'),
    tokens('reasoning', 'reasoning'),
    tokens('audio', 'audioInput', 'audioOutput'),
    tokens('training', 'training'),
    number('seconds', ({ recorded }) => secondsText(recorded)),
    whole('estimated', ({ recorded }) => recorded.estimated?.requests),
    whole('unknown', ({ recorded }) => recorded.unknown || undefined),
    whole('unpriced', ({ recorded }) => unpricedIn(recorded) || undefined),
  ].filter(({ cells }) => cells.some((cell) => /[1-9]/.test(cell)))
  const isNeeded = (...heads: readonly string[]): Column[] =>
    needed.filter(({ head = '' }) => heads.includes(head))
  const hasSaved = total.saved !== undefined
  const columns = [
    {
      head: by,
      isNumber: false,
      cells: [...rows.map(({ label }) => label ?? '(unknown)'), `total${totalText(by, rows)}`],
    },
    ...(by === 'test' ? [whole('cassettes', ({ cassettes }) => cassettes)] : []),
    ...(by === 'model' ? [] : [whole('interactions', ({ interactions }) => interactions)]),
    whole('requests', ({ recorded }) => recorded.requests),
    tokens('input', 'input'),
    ...isNeeded('cached'),
    tokens('output', 'output'),
    ...isNeeded('reasoning', 'audio', 'training', 'seconds'),
    number('cost', ({ recorded }) => costText(recorded)),
    ...isNeeded('estimated', 'unknown', 'unpriced'),
    ...(hasSaved && by !== 'model' ? [whole('replays', ({ replays }) => replays)] : []),
    ...(hasSaved ? [number('saved', ({ saved }) => (saved === undefined ? '' : costText(saved)))] : []),
  ]
  return [table(columns), ...notes(total)].join('\n')
}

function totalText(by: By, rows: readonly Row[]): string {
  return by === 'cassette' ? `: ${counted(rows.length, 'cassette')}` : ''
}

function wholeText(number: number | undefined): string {
  return number === undefined ? '' : grouped(number)
}

function secondsText({ audioSeconds }: UsageTotals): string {
  return audioSeconds === undefined ? '' : String(Math.round(audioSeconds * 10) / 10)
}

function unpricedIn({ unpriced, estimated }: UsageTotals): number {
  return unpriced + (estimated?.unpriced ?? 0)
}

function notes({ recorded, saved }: Row): string[] {
  const { estimated } = recorded
  const lacks = [recorded, ...(saved === undefined ? [] : [saved])].some(
    (each) => each.unknown > 0 || unpricedIn(each) > 0,
  )
  return [
    ...(estimated === undefined ? [] : ['', estimateNote(estimated)]),
    ...(lacks
      ? [
          `${estimated === undefined ? '\n' : ''}+  a minimum: unknown usage and unknown prices are not included`,
        ]
      : []),
  ]
}

function estimateNote({ requests, tokens, usd }: NonNullable<UsageTotals['estimated']>): string {
  const parts = [
    ...(tokens.input === undefined ? [] : [`${grouped(tokens.input)} tokens in`]),
    ...(tokens.output === undefined ? [] : [`${grouped(tokens.output)} out`]),
    ...(usd === undefined ? [] : [dollars(usd)]),
  ]
  return `~  includes estimates for responses that reported no usage: ${[counted(requests, 'request'), ...parts].join(', ')}`
}
