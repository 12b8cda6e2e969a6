import { ANSWERER, type Answerer, type OpenCassette } from '../engine/exchange/answerer.ts'
import { UsageError } from '../messages/errors.ts'

/**
 * What answers for an open cassette. Catches what the types would in TypeScript, such as a missing `await`.
 * @throws UsageError unless `vcr` is an open cassette
 */
export function answererOf(vcr: OpenCassette): Answerer {
  const answerer = (vcr as Partial<OpenCassette> | undefined)?.[ANSWERER]
  if (answerer !== undefined) return answerer
  const isPromise = typeof (vcr as { then?: unknown } | undefined)?.then === 'function'
  throw new UsageError(
    isPromise
      ? "the cassette is not open yet: await it, as in `const vcr = await openCassette('weather')`"
      : "expected a cassette, as in `const vcr = await openCassette('weather')`",
  )
}
