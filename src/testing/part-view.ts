import { pastInterceptors } from '../adapters/past-interceptors.ts'
import type { Part, Vcr } from '../engine/vcr.ts'

/**
 * A cassette as a test sees it that runs in it. What a test of a suite asks through it is that
 * test's, and what it asks the upstream is no request of the test's, which would be answered again.
 */
export function viewOf(vcr: Vcr, part: Pick<Part, 'journal' | 'fetch' | 'handle'>): Vcr {
  const own: Pick<Vcr, 'fetch' | 'handle'> = {
    fetch: (input, init) => pastInterceptors(() => part.fetch(input, init)),
    handle: (request) => pastInterceptors(() => part.handle(request)),
  }
  return new Proxy(vcr, {
    get(target, name) {
      if (name === 'journal') return part.journal
      if (name === 'fetch' || name === 'handle') return own[name]
      // Its private state is not the proxy's.
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
