import type { UnusedInteraction } from '../messages/errors.ts'
import type { PlayedCassette } from '../cassette/replay-report.ts'
import type { Usage } from '../api/usage.ts'
import type { JournalEntry, JournalOutcome } from '../engine/journal.ts'
import type { Mode } from '../engine/modes.ts'
import type { SaveReport } from '../engine/library/recorder.ts'
import type { Vcr } from '../vcr/vcr.ts'
import type { Casting } from './opening.ts'
import { lostIn } from './verdict.ts'

/** What came of one cassette's session in one test, or in one suite. Plain data: it goes to another process. */
export interface CassetteReport {
  readonly cassette: string
  /** Whether its name was given by hand, so that others may use it as well. */
  readonly named: boolean
  readonly mode: Mode
  /** Whether what used it passed. */
  readonly passed: boolean
  readonly counts: Partial<Record<JournalOutcome, number>>
  /** Recorded interactions that were not played, as places in the file. */
  readonly unplayed: readonly UnusedInteraction[]
  readonly saved?: SaveReport
  /** Exchanges that were to be recorded and are not, and why. */
  readonly lost: readonly string[]
  /** What replayed answers stand for, and what was spent; absent when nobody asked for it. */
  readonly usage?: { readonly replayed: Usage; readonly spent: Usage }
  /** How often each interaction was played; absent when nobody asked for it. */
  readonly played?: readonly PlayedCassette[]
}

/** How it ended. */
export interface Ended {
  readonly passed: boolean
  readonly saved: SaveReport | undefined
  /** Of what an attempt did that was taken back. */
  readonly isUndone?: (entry: JournalEntry) => boolean
}

export async function reportOf(
  vcr: Vcr,
  { named = false, priced, listed = false }: Pick<Casting, 'named' | 'priced' | 'listed'>,
  { passed, saved, isUndone = () => false }: Ended,
): Promise<CassetteReport> {
  const counts = countsOf(vcr.journal, (entry) => saved !== undefined && !isUndone(entry))
  const answered = (counts.hit ?? 0) + (counts.recorded ?? 0) + (counts.passed ?? 0) + (counts.dropped ?? 0)
  // Prices take a moment to load, and estimates far more: half a second in every process that runs tests.
  const usage = priced && answered > 0 ? vcr.usage({ estimates: false }) : undefined
  return {
    cassette: vcr.name,
    named,
    mode: vcr.mode,
    passed,
    counts,
    unplayed: vcr.unplayed(),
    ...(saved === undefined ? {} : { saved }),
    // Of a test that failed nothing is kept, and in the mode live nothing ever.
    lost: passed && vcr.mode !== 'live' ? lostIn(vcr.journal.filter((entry) => !isUndone(entry))) : [],
    ...(usage === undefined ? {} : { usage: { replayed: usage.replayed, spent: usage.spent } }),
    ...(listed ? { played: await vcr.played() } : {}),
  }
}

/** @param isKept whether what was recorded is in the file: that of a test that failed is not */
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
