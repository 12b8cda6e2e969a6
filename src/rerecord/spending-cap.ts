/**
 * Keeps a run within its budget, in US dollars. Each cassette reserves its estimated cost before it begins, so
 * that cassettes that run at the same time cannot pass the budget together.
 */
export class SpendingCap {
  readonly #budget: number | undefined
  #spent = 0
  #reserved = 0
  #isExhausted = false

  /** @param budget US dollars; undefined for no limit */
  constructor(budget: number | undefined) {
    this.#budget = budget
  }

  get budget(): number | undefined {
    return this.#budget
  }

  /** By the usage in the answers; by the estimate for answers without usage. */
  get spent(): number {
    return this.#spent
  }

  /** Whether something did not fit: no further cassette begins then. */
  get isExhausted(): boolean {
    return this.#isExhausted
  }

  /** @returns whether so much was left to reserve */
  reserve(usd: number): boolean {
    if (this.#isExhausted || !this.#fits(usd)) {
      this.#isExhausted = true
      return false
    }
    this.#reserved += usd
    return true
  }

  /** Whether everything reserved still fits, as answers may cost more than was estimated. */
  stillFits(): boolean {
    if (this.#fits(0)) return true
    this.#isExhausted = true
    return false
  }

  /** Books what an answer cost in place of what was reserved for it. */
  spend(usd: number, reserved: number): void {
    this.#reserved -= reserved
    this.#spent += usd
  }

  /** Gives back what was reserved and is not needed. */
  release(usd: number): void {
    this.#reserved -= usd
  }

  #fits(more: number): boolean {
    return this.#budget === undefined || this.#spent + this.#reserved + more <= this.#budget + ROUNDING
  }
}

/** Sums of floating-point amounts are off by less, in US dollars. */
const ROUNDING = 1e-9
