import { AsyncLocalStorage } from 'node:async_hooks'
import type { Upstream } from '../engine/ports.ts'

const ownTraffic = new AsyncLocalStorage<true>()

/** An upstream whose requests are known as ours to adapters that see all requests of the process. */
export function asOwnTraffic(upstream: Upstream): Upstream {
  return {
    send: (...request) => ownTraffic.run(true, () => upstream.send(...request)),
    connect: (...request) => ownTraffic.run(true, () => upstream.connect(...request)),
  }
}

/** Whether the request that is being made is ours to the upstream, and not a client's. */
export function isOwnTraffic(): boolean {
  return ownTraffic.getStore() === true
}
