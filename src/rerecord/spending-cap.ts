/**
 * Keeps a run within its budget, in US dollars. Each cassette reserves its estimated cost before it begins, so that
 * cassettes that run at the same time cannot exceed the budget together.
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

  /** Based on the usage in responses, or on the estimate for responses without usage. */
  get spent(): number {
    return this.#spent
  }

  /** Set once a reservation or the actual cost did not fit. No further cassette begins after that. */
  get isExhausted(): boolean {
    return this.#isExhausted
  }

  /** @returns whether the remaining budget was large enough */
  reserve(usd: number): boolean {
    if (this.#isExhausted || !this.#fits(usd)) {
      this.#isExhausted = true
      return false
    }
    this.#reserved += usd
    return true
  }

  /** Whether all reservations still fit. Responses may cost more than estimated. */
  stillFits(): boolean {
    if (this.#fits(0)) return true
    this.#isExhausted = true
    return false
  }

  /** Replaces a reservation with the actual cost. */
  spend(usd: number, reserved: number): void {
    this.#reserved -= reserved
    this.#spent += usd
  }

  /** Releases a reservation, or the rest of one. */
  release(usd: number): void {
    this.#reserved -= usd
  }

  #fits(more: number): boolean {
    return this.#budget === undefined || this.#spent + this.#reserved + more <= this.#budget + ROUNDING
  }
}

/** In US dollars. Larger than the rounding error of floating-point sums. */
const ROUNDING = 1e-9
