import { dollars, grouped } from '../../messages/figures.ts'
import { sumUsage, type Usage } from '../../api/usage.ts'
import { isPriced, usdOf } from '../../rerecord/costs.ts'
import type { Planned } from '../../rerecord/plan.ts'
import { count } from '../run/run-summary.ts'

/** What would be sent, for a person to read. Costs are those of the recorded answers, at today's prices. */
export function estimateTable(plans: readonly Planned[], budget: number | undefined): string {
  const sendable = plans.filter(({ refusal }) => refusal === undefined)
  const usage = sumUsage(sendable.map((plan) => plan.usage))
  const requests = sendable.reduce((sum, { cassette }) => sum + cassette.interactions.length, 0)
  const rows = [
    ['cassette', 'recorded', 'requests', 'models', 'tokens in', 'out', 'cost'],
    ...sendable.map(rowOf),
    [`total: ${count(sendable.length, 'cassette')}`, '', grouped(requests), '', ...amounts(usage)],
  ]
  return [
    columns(rows),
    ...notes(usage),
    ...(budget === undefined ? [] : [budgetNote(sendable, budget)]),
    ...plans.flatMap(({ name, refusal }) =>
      refusal === undefined ? [] : [`${name} cannot be recorded from its requests: ${refusal}`],
    ),
  ].join('\n')
}

export function estimateJson(plans: readonly Planned[], budget: number | undefined): string {
  const sendable = plans.filter(({ refusal }) => refusal === undefined)
  const cassettes = plans.map(({ name, file, cassette, models, usage, refusal }) => ({
    cassette: name,
    file,
    recordedAt: cassette.recordedAt,
    requests: cassette.interactions.length,
    models,
    usage,
    ...(refusal !== undefined && { refusal }),
  }))
  const total = sumUsage(sendable.map(({ usage }) => usage))
  const stops = budget === undefined ? undefined : firstBeyond(sendable, budget)?.name
  return JSON.stringify({ cassettes, total, ...(stops !== undefined && { stopsBefore: stops }) }, null, 2)
}

function rowOf({ name, cassette, models, usage }: Planned): string[] {
  const asked = models.length === 0 ? '-' : models.join(', ')
  return [
    shortened(name),
    cassette.recordedAt,
    grouped(cassette.interactions.length),
    asked,
    ...amounts(usage),
  ]
}

/** Characters of a cassette's name. */
const LONGEST = 60

function shortened(name: string): string {
  if (name.length <= LONGEST) return name
  const head = Math.ceil((LONGEST - 1) / 2)
  return `${name.slice(0, head)}…${name.slice(head + 1 - LONGEST)}`
}

/** Tokens and cost. What no answer told is unknown, and not 0. */
function amounts(usage: Usage): string[] {
  if (usage.requests === 0) return ['-', '-', '-']
  return [tokensText('input', usage), tokensText('output', usage), costText(usage)]
}

function tokensText(kind: 'input' | 'output', { tokens, estimated, unknown }: Usage): string {
  const [told, guessed] = [tokens[kind], estimated?.tokens[kind]]
  if (told === undefined && guessed === undefined) return 'unknown'
  return marked(grouped((told ?? 0) + (guessed ?? 0)), {
    isEstimated: guessed !== undefined,
    lacks: unknown > 0,
  })
}

export function costText(usage: Usage): string {
  const { requests, usd, estimated } = usage
  if (requests === 0) return dollars(0)
  if (usd === undefined && estimated?.usd === undefined) return 'unknown'
  const isEstimated = estimated?.usd !== undefined
  return marked(dollars(usdOf(usage)), { isEstimated, lacks: !isPriced(usage) })
}

function marked(amount: string, { isEstimated, lacks }: { isEstimated: boolean; lacks: boolean }): string {
  return `${isEstimated ? '~' : ''}${amount}${lacks ? '+' : ''}`
}

function notes({ unknown, unpriced, estimated }: Usage): string[] {
  const silent = unpriced + (estimated?.unpriced ?? 0)
  const why = [
    ...(unknown === 0 ? [] : [`${count(unknown, 'request')} whose answer told no usage`]),
    ...(silent === 0 ? [] : [`${count(silent, 'request')} whose price is not known`]),
  ]
  const guessed = estimated?.requests ?? 0
  return [
    ...(why.length === 0 ? [] : [`+ and unknown: not counted are ${why.join(', and ')}`]),
    ...(guessed === 0
      ? []
      : [`~: ${count(guessed, 'request')} told no usage and are estimated by their words`]),
  ]
}

function budgetNote(plans: readonly Planned[], budget: number): string {
  const beyond = firstBeyond(plans, budget)
  return beyond === undefined
    ? `all of it fits the budget of ${dollars(budget)}`
    : `the budget of ${dollars(budget)} would stop it before '${beyond.name}'`
}

function firstBeyond(plans: readonly Planned[], budget: number): Planned | undefined {
  let sum = 0
  return plans.find(({ usage }) => (sum += usdOf(usage)) > budget)
}

/** The numbers of a column stand below each other. */
const NUMBERS: ReadonlySet<number> = new Set([2, 4, 5, 6])

function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => (row[i] ?? '').length)))
  return rows
    .map((row) =>
      row
        .map((cell, i) => (NUMBERS.has(i) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
