import type { Library } from '../engine/library/library.ts'
import type { Scope } from '../engine/scope.ts'
import { RunLedger } from '../engine/session/run-ledger.ts'
import { Session } from '../engine/session/session.ts'
import type { Repeat } from '../match/lookup.ts'
import { BudgetPolicy } from '../policies/budget/budget-policy.ts'
import { RunSpending } from '../policies/budget/run-spending.ts'
import { FaultPolicy } from '../policies/faults/fault-policy.ts'
import { type FaultPlan, faultPlan } from '../policies/faults/plan.ts'
import { LimitPolicy } from '../policies/limits/limit-policy.ts'
import type { Composition } from './composition.ts'

/** The state that all sessions of a run share. */
export class RunTotals {
  readonly ledger = new RunLedger()
  readonly spending = new RunSpending()
}

/** A session, and its policies that may be changed while it runs. */
export class OpenSession extends Session {
  readonly #initial: FaultPlan
  readonly #faults: FaultPolicy
  readonly #limits: LimitPolicy

  /** @param repeat what to do when a request is sent more often than it was recorded */
  constructor({ options, dependencies }: Composition, library: Library, repeat: Repeat, run: RunTotals) {
    const { timing, keepTruncated, upstream, budget, limitClock } = options
    const base = { url: upstream ?? dependencies.dialect.defaultUpstream, explicit: upstream !== undefined }
    const context = { dependencies, library, options: { repeat, timing, base, keepTruncated } }
    const plan = faultPlan(options)
    const faultPolicy = new FaultPolicy(context, plan.faults)
    const limitPolicy = new LimitPolicy(context, plan.limits, limitClock)
    super(context, [faultPolicy, new BudgetPolicy(context, budget, run.spending), limitPolicy], run.ledger)
    this.#initial = plan
    this.#faults = faultPolicy
    this.#limits = limitPolicy
  }

  /** Replaces the faults and limits, and starts counting again. Without a plan, it restores the original ones. */
  setFaults({ faults, limits }: FaultPlan = this.#initial): void {
    this.#faults.replace(faults)
    this.#limits.replace(limits)
    this.policiesChanged()
  }

  /**
   * Advances the clock of the limits, in milliseconds.
   * @throws UsageError unless it is a number from 0
   */
  advance(ms: number, scope?: Scope): void {
    this.#limits.advance(ms, scope)
  }
}
