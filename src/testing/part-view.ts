import type { Part, Vcr } from '../vcr/vcr.ts'

/** A suite's cassette as one of its tests sees it: what is asked through it is that test's. */
export function viewOf(vcr: Vcr, part: Part): Vcr {
  return new Proxy(vcr, {
    get(target, name) {
      if (isOwn(name)) return part[name]
      // Its private state is not the proxy's.
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

/** What a part has of its own. */
function isOwn(name: string | symbol): name is 'journal' | 'fetch' | 'handle' | 'connect' | 'advance' {
  return ['journal', 'fetch', 'handle', 'connect', 'advance'].includes(String(name))
}
