import type { Clock } from './ports.ts'

/** The exchanges of a session that are in progress with the upstream. */
export class InFlight {
  readonly #pending = new Set<Promise<void>>()
  readonly #stop = new AbortController()

  get isBusy(): boolean {
    return this.#pending.size > 0
  }

  /** Aborts when the session is over. */
  get stopped(): AbortSignal {
    return this.#stop.signal
  }

  /** Keeps the session open until this promise settles. */
  readonly track = (work: Promise<void>): void => {
    this.#pending.add(work)
    void work.finally(() => this.#pending.delete(work))
  }

  /** Waits up to `graceMs` for all exchanges, then aborts the rest. */
  async settle(graceMs: number, clock: Clock, beforeStop: () => void): Promise<void> {
    const timer = new AbortController()
    const late = clock.sleep(graceMs, timer.signal).then(() => 'late' as const)
    let ended: 'done' | 'late' = 'done'
    // Finished work may have started more: the body of an answer follows its head.
    while (this.#pending.size > 0 && ended !== 'late') {
      ended = await Promise.race([Promise.all(this.#pending).then(() => 'done' as const), late])
    }
    timer.abort()
    beforeStop()
    this.#stop.abort(new Error('the session was closed'))
    await Promise.all(this.#pending)
  }
}
