import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../engine/ports.ts'

// Taken when this is loaded: fake timers that a test installs later do not stop replays.
const now = performance.now.bind(performance)
const RealDate = Date

/** Node's timers end at once when they are to take longer, some 24 days. */
const LONGEST = 2 ** 31 - 1

export const systemClock: Clock = {
  now,
  today: () => new RealDate().toISOString().slice(0, 10),
  sleep: async (ms, signal) => {
    try {
      await sleep(Math.min(ms, LONGEST), undefined, signal === undefined ? {} : { signal })
    } catch (error) {
      if (!signal?.aborted) throw error
    }
  },
}
