import { dollars, grouped } from '../../messages/figures.ts'
import type { Tokens, UsageTotals } from '../../api/usage.ts'
import { type Column, table } from '../terminal/table.ts'
import { count } from '../run/run-summary.ts'
import type { By, Row, Stats } from './rows.ts'

/** The statistics for a person to read. A cell is empty where nothing is known; what nobody had is no column. */
export function statsTable({ by, rows, total }: Stats): string {
  const all = [...rows, total]
  const number = (head: string, cellOf: (row: Row) => string): Column => ({
    head,
    isNumber: true,
    cells: all.map(cellOf),
  })
  const counted = (head: string, of: (row: Row) => number | undefined): Column =>
    number(head, (row) => wholeText(of(row)))
  const tokens = (head: string, ...kinds: readonly (keyof Tokens)[]): Column =>
    number(head, ({ recorded }) => tokensText(recorded, kinds))
  const needed = [
    tokens('cached', 'cachedInput'),
    tokens('reasoning', 'reasoning'),
    tokens('audio', 'audioInput', 'audioOutput'),
    tokens('training', 'training'),
    number('seconds', ({ recorded }) => secondsText(recorded)),
    counted('estimated', ({ recorded }) => recorded.estimated?.requests),
    counted('unknown', ({ recorded }) => recorded.unknown || undefined),
    counted('unpriced', ({ recorded }) => unpricedIn(recorded) || undefined),
  ].filter(({ cells }) => cells.some((cell) => /[1-9]/.test(cell)))
  const isNeeded = (...heads: readonly string[]): Column[] =>
    needed.filter(({ head }) => heads.includes(head))
  const has = total.saved !== undefined
  const columns = [
    {
      head: by,
      isNumber: false,
      cells: [...rows.map(({ of }) => of ?? '(not told)'), `total${totalText(by, rows)}`],
    },
    ...(by === 'test' ? [counted('cassettes', ({ cassettes }) => cassettes)] : []),
    ...(by === 'model' ? [] : [counted('interactions', ({ interactions }) => interactions)]),
    counted('requests', ({ recorded }) => recorded.requests),
    tokens('input', 'input'),
    ...isNeeded('cached'),
    tokens('output', 'output'),
    ...isNeeded('reasoning', 'audio', 'training', 'seconds'),
    number('cost', ({ recorded }) => costText(recorded)),
    ...isNeeded('estimated', 'unknown', 'unpriced'),
    ...(has && by !== 'model' ? [counted('replays', ({ replays }) => replays)] : []),
    ...(has ? [number('saved', ({ saved }) => (saved === undefined ? '' : costText(saved)))] : []),
  ]
  return [table(columns), ...notes(total)].join('\n')
}

function totalText(by: By, rows: readonly Row[]): string {
  return by === 'cassette' ? `: ${count(rows.length, 'cassette')}` : ''
}

function wholeText(number: number | undefined): string {
  return number === undefined ? '' : grouped(number)
}

/** What was told and what is estimated, together, and marked. */
function tokensText(totals: UsageTotals, kinds: readonly (keyof Tokens)[]): string {
  const sumIn = (tokens: Tokens = {}): number | undefined => {
    const known = kinds.flatMap((kind) => tokens[kind] ?? [])
    return known.length === 0 ? undefined : known.reduce((sum, each) => sum + each, 0)
  }
  const [told, guessed] = [sumIn(totals.tokens), sumIn(totals.estimated?.tokens)]
  if (told === undefined && guessed === undefined) return ''
  return marked(grouped((told ?? 0) + (guessed ?? 0)), guessed !== undefined, totals.unknown > 0)
}

function costText(totals: UsageTotals): string {
  const guessed = totals.estimated?.usd
  if (totals.usd === undefined && guessed === undefined) return ''
  const lacks = totals.unknown > 0 || unpricedIn(totals) > 0
  return marked(dollars((totals.usd ?? 0) + (guessed ?? 0)), guessed !== undefined, lacks)
}

function secondsText({ audioSeconds }: UsageTotals): string {
  return audioSeconds === undefined ? '' : String(Math.round(audioSeconds * 10) / 10)
}

function unpricedIn({ unpriced, estimated }: UsageTotals): number {
  return unpriced + (estimated?.unpriced ?? 0)
}

function marked(amount: string, isEstimated: boolean, lacks: boolean): string {
  return `${isEstimated ? '~' : ''}${amount}${lacks ? '+' : ''}`
}

function notes({ recorded, saved }: Row): string[] {
  const { estimated } = recorded
  const lacks = [recorded, ...(saved === undefined ? [] : [saved])].some(
    (each) => each.unknown > 0 || unpricedIn(each) > 0,
  )
  return [
    ...(estimated === undefined ? [] : ['', estimateNote(estimated)]),
    ...(lacks
      ? [`${estimated === undefined ? '\n' : ''}+  at least: what is unknown or unpriced is not in it`]
      : []),
  ]
}

function estimateNote({ requests, tokens, usd }: NonNullable<UsageTotals['estimated']>): string {
  const parts = [
    ...(tokens.input === undefined ? [] : [`${grouped(tokens.input)} tokens in`]),
    ...(tokens.output === undefined ? [] : [`${grouped(tokens.output)} out`]),
    ...(usd === undefined ? [] : [dollars(usd)]),
  ]
  return `~  with what is estimated by its words, as nobody told: ${[count(requests, 'request'), ...parts].join(', ')}`
}
