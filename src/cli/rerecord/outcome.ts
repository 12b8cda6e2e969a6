import type { Drift } from '../../api/drift.ts'
import { driftJson } from '../../drift/drift-json.ts'
import { counted, dollars } from '../../messages/figures.ts'
import { shellWord } from '../../messages/shell-word.ts'
import { sumUsage, type Usage } from '../../api/usage.ts'
import type { RerecordPlan } from '../../rerecord/plan.ts'
import type { RerecordResult } from '../../rerecord/rerecord.ts'
import { costText } from '../terminal/usage-cells.ts'

/** A cassette that the run is done with. */
export interface FinishedCassette {
  readonly plan: RerecordPlan
  readonly outcome: RerecordOutcome
  /** What changed; undefined where nothing was written. */
  readonly drift: Drift | undefined
}

export type RerecordOutcome =
  | RerecordResult
  /** Nothing was sent. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'not begun'; readonly reason: string }

/** @param variables that a command line for the same directory begins with */
export function outcomeText({ plan, outcome }: FinishedCassette, variables: string): string {
  const { name, file } = plan
  const kept = `${file} is unchanged.`
  const live = `To record it from a live run: ${variables}npx openai-vcr record --cassette ${shellWord(name)} -- CMD, where CMD runs its test. Or run that test with OPENAI_VCR_MODE=record.`
  const at = (n: number): string => {
    const { method, path } = (plan.cassette.interactions[n] ?? { request: { method: '', path: '' } }).request
    return `interaction ${n + 1} of '${name}' (${method} ${path})`
  }
  switch (outcome.kind) {
    case 'rerecorded':
      return `re-recorded ${file}: ${counted(outcome.after.interactions.length, 'interaction')}, cost ${spentText(outcome.spent, 'unknown')}`
    case 'diverged':
      return `${at(outcome.at)} diverged from the recording: ${sentence(outcome.divergence.message)} ${kept} ${live}`
    case 'unanswered':
      return `${at(outcome.at)} got no response that can be recorded: ${sentence(outcome.reason)} ${kept}`
    case 'over budget':
      return outcome.at === 0
        ? `'${name}' was not started: it would exceed the rest of the budget`
        : `${at(outcome.at)} would exceed the budget. ${kept}`
    case 'stopped':
      return `'${name}' was stopped. ${kept}`
    case 'changed':
      return `${file} was changed by another process during the run, and is not overwritten. Run this again.`
    case 'failed':
      return outcome.reason
    case 'refused':
      return `'${name}' cannot be re-recorded: ${sentence(outcome.reason)} ${live}`
    case 'not begun':
      return `'${name}' was not started: ${outcome.reason}`
  }
}

/** Messages of an API may end in a full stop or not. */
function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`
}

/** The last line of a run. */
export function summary(finished: readonly FinishedCassette[], budget: number | undefined): string {
  const done = finished.filter(({ outcome }) => outcome.kind === 'rerecorded').length
  const limit = budget === undefined ? '' : ` of a budget of ${dollars(budget)}`
  return `${done} of ${counted(finished.length, 'cassette')} re-recorded; spent ${spentText(spentIn(finished), 'an unknown amount')}${limit}`
}

function spentIn(finished: readonly FinishedCassette[]): Usage {
  return sumUsage(finished.flatMap(({ outcome }) => ('spent' in outcome ? [outcome.spent] : [])))
}

function spentText(usage: Usage, unknown: string): string {
  return usage.requests === 0 ? dollars(0) : costText(usage, unknown)
}

/** What `--json` prints. */
export function outcomeJson(finished: readonly FinishedCassette[]): object {
  return {
    cassettes: finished.map(({ plan: { name, file }, outcome, drift }) => ({
      cassette: name,
      file,
      outcome: outcome.kind,
      ...placeOf(outcome),
      ...('spent' in outcome && { spent: outcome.spent }),
      ...(drift !== undefined && { drift: driftAsJson(name, drift) }),
    })),
    spent: spentIn(finished),
  }
}

/** In the form of `openai-vcr diff --json`. */
function driftAsJson(name: string, drift: Drift): unknown {
  return JSON.parse(driftJson([{ name, drift }]))
}

function placeOf(outcome: RerecordOutcome): object {
  if (outcome.kind === 'diverged')
    return {
      interaction: outcome.at + 1,
      divergence: outcome.divergence.kind,
      reason: outcome.divergence.message,
    }
  if (outcome.kind === 'unanswered') return { interaction: outcome.at + 1, reason: outcome.reason }
  if (outcome.kind === 'over budget') return { interaction: outcome.at + 1 }
  return 'reason' in outcome ? { reason: outcome.reason } : {}
}
