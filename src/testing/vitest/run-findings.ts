import { readdirSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { UsageError, type UnusedInteraction } from '../../messages/errors.ts'
import { mergePlayed, REPLAY_REPORT_VERSION, printReplayReport } from '../../cassette/replay-report.ts'
import type { CassetteReport } from '../cassette-report.ts'
import type { FileCassettes } from './meta.ts'

/**
 * The recorded interactions that were never played, of cassettes whose tests all passed.
 * @param runs the reports of each test or suite, its attempts in order
 * @param isWhole whether every test ran that could have played a cassette with a name given by the user
 */
export function unplayedIn(
  runs: readonly (readonly CassetteReport[])[],
  isWhole: (report: CassetteReport) => boolean,
): UnusedInteraction[] {
  const last = runs.flatMap((attempts) => attempts.slice(-1))
  const unclear = new Set(
    last.filter((report) => !report.passed || !isWhole(report)).map(({ cassette }) => cassette),
  )
  const passed = runs.flat().filter((report) => report.passed && !unclear.has(report.cassette))
  return [...Map.groupBy(passed, ({ cassette }) => cassette).values()].flatMap(unplayedInAll)
}

/** The interactions that none of a cassette's sessions played. */
function unplayedInAll([first, ...others]: readonly CassetteReport[]): readonly UnusedInteraction[] {
  if (first === undefined) return []
  return first.unplayed.filter(({ position }) =>
    others.every(({ unplayed }) => unplayed.some((each) => each.position === position)),
  )
}

/**
 * Recordings that a later test of the same run replaced, as messages: each test that records a cassette anew
 * replaces the recording before it.
 * @param runs the reports of each test or suite, whose own attempts may replace each other
 */
export function overwrittenIn(runs: readonly (readonly CassetteReport[])[]): string[] {
  const written = runs.flatMap((attempts) => [...new Set(attempts.flatMap(writtenAnew))])
  return [...Map.groupBy(written, (file) => file)]
    .filter(([, times]) => times.length > 1)
    .map(
      ([file, { length }]) =>
        `${file} was recorded by ${length} tests or suites, each replacing the recording of the one before: give each its own cassette name, or record with OPENAI_VCR_MODE=record-missing`,
    )
}

function writtenAnew({ mode, saved }: CassetteReport): string[] {
  return mode === 'record' && saved?.written === true ? [saved.file] : []
}

const SUFFIX = '.yaml'

/** Absolute paths of the files in a test file's folder that no test uses any more. */
export function unusedFilesOf({ directory, folder, names }: FileCassettes): string[] {
  const known = new Set(names)
  return filesIn(path.join(directory, folder))
    .filter((file) => file.endsWith(SUFFIX) && !file.startsWith('.'))
    .filter((file) => !known.has(`${folder}/${file.slice(0, -SUFFIX.length)}`))
    .map((file) => path.join(directory, folder, file))
    .toSorted()
}

const UNREADABLE: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ENOTDIR', 'EACCES'])

function filesIn(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch (error) {
    // The tests themselves failed on a directory that cannot be used.
    if (UNREADABLE.has((error as NodeJS.ErrnoException).code)) return []
    throw error
  }
}

/**
 * Writes which interactions a run of tests played.
 * @param complete whether all tests ran and passed
 * @throws UsageError that names the file, when it cannot be written
 */
export async function writePlayed(
  files: readonly string[],
  complete: boolean,
  reports: readonly CassetteReport[],
): Promise<void> {
  const cassettes = mergePlayed(reports.flatMap(({ played }) => played ?? []))
  const text = printReplayReport({ version: REPLAY_REPORT_VERSION, complete, cassettes })
  for (const file of files) {
    try {
      await mkdir(path.dirname(file), { recursive: true })
      await writeFile(file, text)
    } catch (error) {
      const { message } = error as NodeJS.ErrnoException
      throw new UsageError(`cannot write the report to ${file}: ${message}`, { cause: error })
    }
  }
}
