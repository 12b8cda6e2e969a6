import { AsyncLocalStorage } from 'node:async_hooks'

const asking = new AsyncLocalStorage<true>()

/** Runs what asks the upstream, so that adapters which see all requests of the process know it for ours. */
export function runAsking<T>(ask: () => T): T {
  return asking.run(true, ask)
}

/** For adapters: whether a request that is being made is ours to the upstream, and no client's. */
export function isAsking(): boolean {
  return asking.getStore() === true
}
