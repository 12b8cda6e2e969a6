import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../engine/ports.ts'

// Captured at load time, so that fake timers in a test do not stop replays.
const now = performance.now.bind(performance)
const RealDate = Date

/** About 24 days. Node's timers fire at once for a longer delay. */
const MAX_SLEEP_MS = 2 ** 31 - 1

export const systemClock: Clock = {
  now,
  today: () => new RealDate().toISOString().slice(0, 10),
  sleep: async (ms, signal) => {
    try {
      await sleep(Math.min(ms, MAX_SLEEP_MS), undefined, signal === undefined ? {} : { signal })
    } catch (error) {
      if (!signal?.aborted) throw error
    }
  },
}
