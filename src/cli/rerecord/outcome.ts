import type { Drift } from '../../api/drift.ts'
import { driftJson } from '../../drift/drift-json.ts'
import { dollars } from '../../messages/figures.ts'
import { shellWord } from '../../messages/shell-word.ts'
import { sumUsage } from '../../api/usage.ts'
import type { Account } from '../../rerecord/account.ts'
import type { Planned } from '../../rerecord/plan.ts'
import type { Rerecorded } from '../../rerecord/rerecord.ts'
import { costText } from './estimate.ts'
import { count } from '../run/run-summary.ts'

/** A cassette with what came of it. */
export interface Finished {
  readonly planned: Planned
  readonly outcome: Outcome
  /** What changed; undefined where nothing was written. */
  readonly drift: Drift | undefined
}

export type Outcome =
  | Rerecorded
  /** It was not begun. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'not begun'; readonly reason: string }

/** What came of a cassette, in words. */
export function outcomeText({ planned, outcome }: Finished, elsewhere: string): string {
  const { name, file } = planned
  const kept = `${file} is left as it was.`
  const live = `To record it live: ${elsewhere}npx openai-vcr record --cassette ${shellWord(name)} -- CMD, where CMD runs its test; or that test with OPENAI_VCR_MODE=record.`
  const at = (n: number): string => {
    const { method, path } = (planned.cassette.interactions[n] ?? { request: { method: '', path: '' } })
      .request
    return `interaction ${n + 1} of '${name}' (${method} ${path})`
  }
  switch (outcome.kind) {
    case 'rerecorded':
      return `recorded ${file} anew: ${count(outcome.after.interactions.length, 'interaction')}, ${costText(outcome.spent)}`
    case 'diverged':
      return `${at(outcome.at)} leads elsewhere: ${sentence(outcome.divergence.message)} ${kept} ${live}`
    case 'unanswered':
      return `${at(outcome.at)} got no answer that can be kept: ${sentence(outcome.reason)} ${kept}`
    case 'over budget':
      return outcome.at === 0
        ? `'${name}' is not begun: it does not fit what is left of the budget`
        : `${at(outcome.at)} would pass the budget. ${kept}`
    case 'stopped':
      return `'${name}' was stopped. ${kept}`
    case 'changed':
      return `${file} was written by somebody else meanwhile, and is left as that made it. Run this again.`
    case 'failed':
      return outcome.reason
    case 'refused':
      return `'${name}' cannot be recorded from its requests: ${sentence(outcome.reason)} ${live}`
    case 'not begun':
      return `'${name}' is not begun: ${outcome.reason}`
  }
}

/** What an API says of an error ends in a full stop, or does not. */
function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`
}

/** What came of all of them. */
export function summary(finished: readonly Finished[], account: Account): string {
  const done = finished.filter(({ outcome }) => outcome.kind === 'rerecorded').length
  const limit = account.budget === undefined ? '' : ` of a budget of ${dollars(account.budget)}`
  const spent = sumUsage(finished.flatMap(({ outcome }) => ('spent' in outcome ? [outcome.spent] : [])))
  return `${done} of ${count(finished.length, 'cassette')} recorded anew; spent ${costText(spent)}${limit}`
}

/** For programs. */
export function asJson(finished: readonly Finished[]): object {
  const spent = sumUsage(finished.flatMap(({ outcome }) => ('spent' in outcome ? [outcome.spent] : [])))
  return {
    cassettes: finished.map(({ planned: { name, file }, outcome, drift }) => ({
      cassette: name,
      file,
      outcome: outcome.kind,
      ...placeOf(outcome),
      ...('spent' in outcome && { spent: outcome.spent }),
      ...(drift !== undefined && { drift: driftAsJson(name, drift) }),
    })),
    spent,
  }
}

/** In the form that `openai-vcr diff --json` has. */
function driftAsJson(name: string, drift: Drift): unknown {
  return JSON.parse(driftJson([{ name, drift }]))
}

function placeOf(outcome: Outcome): object {
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
