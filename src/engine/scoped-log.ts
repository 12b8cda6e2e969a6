import type { Scope } from './scope.ts'

/** A state and how a step changes it. `apply` changes the state in place. */
export interface Folding<State, Step> {
  copy(state: State): State
  apply(state: State, step: Step): void
}

/**
 * A state that is the sum of its steps. Each step is tagged with the scope that it belongs to; undoing
 * a scope computes the state anew without its steps.
 */
export class ScopedLog<State, Step> {
  readonly #folding: Folding<State, Step>
  #state: State
  /** Starts with the first step of a scope. Without scopes there is nothing to undo, so no log grows. */
  #log: { readonly before: State; readonly steps: readonly Tagged<Step>[] } | undefined

  constructor(initial: State, folding: Folding<State, Step>) {
    this.#state = initial
    this.#folding = folding
  }

  /** Read-only: only steps may change it. */
  get state(): State {
    return this.#state
  }

  add(step: Step, scope: Scope | undefined): void {
    if (scope !== undefined) this.#log ??= { before: this.#folding.copy(this.#state), steps: [] }
    if (this.#log !== undefined) (this.#log.steps as Tagged<Step>[]).push({ step, scope })
    this.#folding.apply(this.#state, step)
  }

  /** The state becomes what it would be if the scope had done nothing. */
  undo(scope: Scope): void {
    if (this.#log === undefined) return
    const { before } = this.#log
    const steps = this.#log.steps.filter((each) => each.scope !== scope)
    this.#log = { before, steps }
    this.#state = this.#folding.copy(before)
    for (const { step } of steps) this.#folding.apply(this.#state, step)
  }
}

interface Tagged<Step> {
  readonly step: Step
  readonly scope: Scope | undefined
}
