import { counted, dollars, grouped } from '../../messages/figures.ts'
import { sumUsage, type Usage } from '../../api/usage.ts'
import { usdOf } from '../../rerecord/costs.ts'
import type { RerecordPlan } from '../../rerecord/plan.ts'
import { type Column, table } from '../terminal/table.ts'
import { costText, tokensText } from '../terminal/usage-cells.ts'

/** What would be sent, as a table. Costs are those of the recorded answers, at today's prices. */
export function estimateTable(plans: readonly RerecordPlan[], budget: number | undefined): string {
  const sendable = plans.filter(({ refusal }) => refusal === undefined)
  const usage = sumUsage(sendable.map((plan) => plan.usage))
  const requests = sendable.reduce((sum, { cassette }) => sum + cassette.interactions.length, 0)
  const words = (head: string, cellOf: (plan: RerecordPlan) => string, total: string): Column => ({
    head,
    cells: [...sendable.map(cellOf), total],
  })
  const numbers = (head: string, cellOf: (usage: Usage) => string): Column => ({
    head,
    isNumber: true,
    cells: [...sendable.map((plan) => plan.usage), usage].map((each) =>
      each.requests === 0 ? '-' : cellOf(each),
    ),
  })
  return [
    table([
      words('cassette', ({ name }) => shortened(name), `total: ${counted(sendable.length, 'cassette')}`),
      words('recorded', ({ cassette }) => cassette.recordedAt, ''),
      {
        ...words('requests', ({ cassette }) => grouped(cassette.interactions.length), grouped(requests)),
        isNumber: true,
      },
      words('models', ({ models }) => (models.length === 0 ? '-' : models.join(', ')), ''),
      numbers('tokens in', (each) => tokensText(each, ['input'], 'unknown')),
      numbers('out', (each) => tokensText(each, ['output'], 'unknown')),
      numbers('cost', (each) => costText(each, 'unknown')),
    ]),
    ...notes(usage),
    ...(budget === undefined ? [] : [budgetNote(sendable, budget)]),
    ...plans.flatMap(({ name, refusal }) =>
      refusal === undefined ? [] : [`'${name}' cannot be re-recorded: ${refusal}`],
    ),
  ].join('\n')
}

export function estimateJson(plans: readonly RerecordPlan[], budget: number | undefined): string {
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

/** Characters of a cassette's name that are shown. */
const MAX_NAME = 60

function shortened(name: string): string {
  if (name.length <= MAX_NAME) return name
  const head = Math.ceil((MAX_NAME - 1) / 2)
  return `${name.slice(0, head)}…${name.slice(head + 1 - MAX_NAME)}`
}

function notes({ unknown, unpriced, estimated }: Usage): string[] {
  const withoutPrice = unpriced + (estimated?.unpriced ?? 0)
  const why = [
    ...(unknown === 0 ? [] : [`${counted(unknown, 'request')} whose response reported no usage`]),
    ...(withoutPrice === 0 ? [] : [`${counted(withoutPrice, 'request')} without a known price`]),
  ]
  const estimates = estimated?.requests ?? 0
  return [
    ...(why.length === 0 ? [] : [`+ and unknown: does not include ${why.join(', or ')}`]),
    ...(estimates === 0
      ? []
      : [`~: includes estimates for ${counted(estimates, 'request')} whose response reported no usage`]),
  ]
}

function budgetNote(plans: readonly RerecordPlan[], budget: number): string {
  const beyond = firstBeyond(plans, budget)
  return beyond === undefined
    ? `the estimate is within the budget of ${dollars(budget)}`
    : `the budget of ${dollars(budget)} would stop the run before '${beyond.name}'`
}

function firstBeyond(plans: readonly RerecordPlan[], budget: number): RerecordPlan | undefined {
  let sum = 0
  return plans.find(({ usage }) => (sum += usdOf(usage)) > budget)
}
