import type { SessionContext } from '../../engine/exchange/context.ts'
import type { Exchange, Part, Policy } from '../../engine/exchange/exchange.ts'
import type { Scope } from '../../engine/scope.ts'
import { type Folding, ScopedLog } from '../../engine/scoped-log.ts'
import { splitTarget } from '../../http/message.ts'
import { FaultPart, type PendingFault } from './fault-part.ts'
import { type Fault, inWords, isAbout } from './rules.ts'

/** Injects faults into one session. Counts the requests that match each fault, and decides which fault is due. */
export class FaultPolicy implements Policy {
  readonly #context: SessionContext
  readonly #closed = new AbortController()
  #faults: readonly Fault[]
  #counts = newCounts()

  constructor(context: SessionContext, faults: readonly Fault[]) {
    this.#context = context
    this.#faults = faults
  }

  get isIdle(): boolean {
    return this.#faults.length === 0
  }

  /** Replaces the faults. Counting starts again from 1. */
  replace(faults: readonly Fault[]): void {
    this.#faults = faults
    this.#counts = newCounts()
  }

  meet(x: Exchange): Part | undefined {
    const pending = this.#pending(x)
    return pending === undefined ? undefined : new FaultPart(this.#context, x, pending, this.#closed.signal)
  }

  /** Counts a request for every fault that it matches. Of the faults that are due, the first one happens. */
  #pending({ recorded, via, scope }: Exchange): PendingFault | undefined {
    const model = this.#context.dependencies.dialect.requests.modelOf(recorded)
    const [fault] = this.#faults
      .filter(({ when }) => isAbout(when, recorded, via, model))
      .filter((each) => each.isDue(this.#count(each, scope)))
    if (fault === undefined) return undefined
    const nth = this.#counts.state.get(fault) ?? 0
    return {
      fault,
      request: { path: splitTarget(recorded.path).path, model, nth },
      reason: inWords(fault),
    }
  }

  #count(fault: Fault, scope: Scope | undefined): number {
    this.#counts.add(fault, scope)
    return this.#counts.state.get(fault) ?? 0
  }

  undo(scope: Scope): void {
    this.#counts.undo(scope)
  }

  end(): void {
    this.#closed.abort()
  }
}

type FaultCounts = Map<Fault, number>

const COUNTING: Folding<FaultCounts, Fault> = {
  copy: (counts) => new Map(counts),
  apply: (counts, fault) => void counts.set(fault, (counts.get(fault) ?? 0) + 1),
}

function newCounts(): ScopedLog<FaultCounts, Fault> {
  return new ScopedLog(new Map(), COUNTING)
}
