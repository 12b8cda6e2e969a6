import { UsageError } from '../messages/errors.ts'
import type { Vcr } from '../vcr/vcr.ts'

/**
 * Catches what the types would in TypeScript, such as a missing `await`.
 * @throws UsageError unless `vcr` is an open cassette
 */
export function checkCassette(vcr: Vcr): void {
  if (typeof (vcr as Partial<Vcr> | undefined)?.exchange === 'function') return
  const isPromise = typeof (vcr as { then?: unknown } | undefined)?.then === 'function'
  throw new UsageError(
    isPromise
      ? "the cassette is not open yet: await it, as in `const vcr = await openCassette('weather')`"
      : "expected a cassette, as in `const vcr = await openCassette('weather')`",
  )
}
