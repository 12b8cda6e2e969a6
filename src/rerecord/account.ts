/**
 * What a run may spend, in US dollars. A cassette that begins puts aside what it is estimated at, so that those
 * that run at the same time cannot pass the budget together.
 */
export class Account {
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

  /** What was really spent, by what the answers told, and by the estimate where they told nothing. */
  get spent(): number {
    return this.#spent
  }

  /** Whether something did not fit: nothing begins after it. */
  get isExhausted(): boolean {
    return this.#isExhausted
  }

  /** Puts so much aside, if there is so much left. */
  reserve(usd: number): boolean {
    if (this.#isExhausted || !this.#fits(usd)) {
      this.#isExhausted = true
      return false
    }
    this.#reserved += usd
    return true
  }

  /** Whether all that was put aside still fits, now that answers cost what they cost. */
  stillFits(): boolean {
    if (this.#fits(0)) return true
    this.#isExhausted = true
    return false
  }

  /** An answer cost this, for which so much was put aside. */
  spend(usd: number, reserved: number): void {
    this.#reserved -= reserved
    this.#spent += usd
  }

  /** Gives back what was put aside and is not needed. */
  release(usd: number): void {
    this.#reserved -= usd
  }

  #fits(more: number): boolean {
    return this.#budget === undefined || this.#spent + this.#reserved + more <= this.#budget + ROUNDING
  }
}

/** Sums of fractions are off by less, in US dollars. */
const ROUNDING = 1e-9
