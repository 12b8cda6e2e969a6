import type { Part, Vcr } from '../engine/vcr.ts'

/** A suite's cassette as one of its tests sees it: what is asked through it is the test's. */
export function viewOf(vcr: Vcr, part: Part): Vcr {
  const own: Partial<Record<string | symbol, unknown>> = { handle: part.handle, fetch: part.fetch }
  return new Proxy(vcr, {
    get(target, name) {
      if (name === 'journal') return part.journal
      if (Object.hasOwn(own, name)) return own[name]
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
