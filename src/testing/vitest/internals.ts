/** What this room uses of vitest without a public API. Each has a probe in test/seams. */

/** The key under which vitest stores the time-out of an `aroundEach` or `aroundAll` hook. */
const AROUND_TIMEOUT = Symbol.for('VITEST_AROUND_TIMEOUT')

/** For opening and closing a cassette, in ms. Closing waits up to ten seconds for exchanges in progress. */
const HOOK_TIMEOUT_MS = 60_000

/** Gives a hook enough time to wait for exchanges that are being recorded. */
export function withTimeout<T extends object>(hook: T): T {
  return Object.assign(hook, { [AROUND_TIMEOUT]: HOOK_TIMEOUT_MS })
}

/** The global in which vitest keeps a worker's state. No public API tells whether vitest runs with `-u`. */
const WORKER_STATE = '__vitest_worker__'

interface WorkerConfig {
  readonly root?: string
  readonly snapshotOptions?: { readonly updateSnapshot?: string }
}

export function workerConfig(): WorkerConfig {
  const state = (globalThis as { readonly [WORKER_STATE]?: { readonly config?: WorkerConfig } })[WORKER_STATE]
  return state?.config ?? {}
}
