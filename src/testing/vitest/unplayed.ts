import type { UnusedInteraction } from '../../messages/errors.ts'
import type { CassetteReport } from '../report.ts'

/**
 * The recorded interactions that nobody played, of cassettes all of whose tests passed.
 * @param runs the reports of each test or suite, the attempts in their order
 * @param isWhole whether all is known that could have played a cassette which was named by hand
 */
export function unplayedIn(
  runs: readonly (readonly CassetteReport[])[],
  isWhole: (report: CassetteReport) => boolean,
): UnusedInteraction[] {
  const ended = runs.flatMap((attempts) => attempts.slice(-1))
  const unclear = new Set(
    ended.filter((report) => !report.passed || !isWhole(report)).map(({ cassette }) => cassette),
  )
  const passed = runs.flat().filter((report) => report.passed && !unclear.has(report.cassette))
  return [...Map.groupBy(passed, ({ cassette }) => cassette).values()].flatMap(inAll)
}

/** What is played in one session is played. */
function inAll([first, ...others]: readonly CassetteReport[]): readonly UnusedInteraction[] {
  if (first === undefined) return []
  return first.unplayed.filter(({ position }) =>
    others.every(({ unplayed }) => unplayed.some((each) => each.position === position)),
  )
}
