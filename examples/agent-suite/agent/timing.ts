/** Where a run's time went, in milliseconds. */
export interface Timing {
  /** Until the first chunk of a stream; undefined where there was none. */
  readonly firstChunkMs: number | undefined
  readonly modelMs: number
  readonly toolMs: number
  /** Until now while the run goes on, then until its end. */
  readonly totalMs: number
}

/** Measures one run. */
export class Stopwatch implements Timing {
  readonly #begun = performance.now()
  #ended: number | undefined
  firstChunkMs: number | undefined
  modelMs = 0
  toolMs = 0

  get totalMs(): number {
    return (this.#ended ?? performance.now()) - this.#begun
  }

  /** Only the first call counts. */
  markChunk(): void {
    this.firstChunkMs ??= this.totalMs
  }

  /** Adds the time from the call to the disposal. */
  measure(what: 'modelMs' | 'toolMs'): Disposable {
    const begun = performance.now()
    return { [Symbol.dispose]: () => void (this[what] += performance.now() - begun) }
  }

  end(): void {
    this.#ended ??= performance.now()
  }
}
