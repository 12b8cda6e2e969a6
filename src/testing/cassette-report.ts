import type { UnusedInteraction } from '../messages/errors.ts'
import type { PlayedCassette } from '../cassette/replay-report.ts'
import type { Usage } from '../api/usage.ts'
import type { JournalEntry, JournalOutcome } from '../engine/journal.ts'
import type { Mode } from '../engine/modes.ts'
import type { SaveReport } from '../engine/library/recorder.ts'
import { RUNNER_ACCESS, type Vcr } from '../vcr/vcr.ts'
import { unrecordedIn } from './test-outcome.ts'

/** The result of one cassette's session in one test or suite. Plain data: it is sent to another process. */
export interface CassetteReport {
  readonly cassette: string
  /** Whether the user gave the cassette its name, so that other tests may use it too. */
  readonly named: boolean
  readonly mode: Mode
  /** Whether the test or suite passed. */
  readonly passed: boolean
  readonly counts: Partial<Record<JournalOutcome, number>>
  /** Recorded interactions that were not played, by their position in the file. */
  readonly unplayed: readonly UnusedInteraction[]
  readonly saved?: SaveReport
  /** Exchanges that should have been recorded and were not, and why. */
  readonly lost: readonly string[]
  /** Usage of the replayed answers, and of live calls; only if `priced`. */
  readonly usage?: { readonly replayed: Usage; readonly spent: Usage }
  /** How often each interaction was played; only if `listed`. */
  readonly played?: readonly PlayedCassette[]
}

/** How a test or suite ended that ran in a cassette. */
export interface CassetteRun {
  readonly report: CassetteReport
  /** Why the test fails, besides its own errors. The caller throws them. */
  readonly failures: readonly Error[]
}

export interface CassetteOutcome {
  readonly passed: boolean
  readonly saved: SaveReport | undefined
  /** Whether this entry is of an attempt that was undone. */
  readonly isUndone?: (entry: JournalEntry) => boolean
}

export async function reportOf(
  vcr: Vcr,
  {
    named = false,
    priced,
    listed = false,
  }: { readonly named?: boolean; readonly priced: boolean; readonly listed?: boolean },
  { passed, saved, isUndone = () => false }: CassetteOutcome,
): Promise<CassetteReport> {
  const counts = countsOf(vcr.journal, (entry) => saved !== undefined && !isUndone(entry))
  const answered = (counts.hit ?? 0) + (counts.recorded ?? 0) + (counts.passed ?? 0) + (counts.dropped ?? 0)
  // Prices take a moment to load. Estimates would take half a second in every process that runs tests.
  const usage = priced && answered > 0 ? vcr.usage({ estimates: false }) : undefined
  return {
    cassette: vcr.name,
    named,
    mode: vcr.mode,
    passed,
    counts,
    unplayed: vcr[RUNNER_ACCESS].unused(),
    ...(saved === undefined ? {} : { saved }),
    // A failed test records nothing, and neither does the mode live.
    lost: passed && vcr.mode !== 'live' ? unrecordedIn(vcr.journal.filter((entry) => !isUndone(entry))) : [],
    ...(usage === undefined ? {} : { usage: { replayed: usage.replayed, spent: usage.spent } }),
    ...(listed ? { played: await vcr[RUNNER_ACCESS].played() } : {}),
  }
}

/** @param isKept whether a recorded exchange is in the file; those of a failed test are not */
function countsOf(
  journal: readonly JournalEntry[],
  isKept: (entry: JournalEntry) => boolean,
): Partial<Record<JournalOutcome, number>> {
  const counts: Partial<Record<JournalOutcome, number>> = {}
  for (const entry of journal) {
    const end = entry.outcome === 'recorded' && !isKept(entry) ? 'dropped' : entry.outcome
    counts[end] = (counts[end] ?? 0) + 1
  }
  return counts
}
