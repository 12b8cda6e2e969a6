import type { CassetteReport } from '../report.ts'

/**
 * What was recorded in a run and is gone again: of several that record one cassette anew, each replaces the
 * one before.
 * @param runs the reports of each test or suite: its own attempts replace each other as they should
 */
export function overwrittenIn(runs: readonly (readonly CassetteReport[])[]): string[] {
  const written = runs.flatMap((attempts) => [...new Set(attempts.flatMap(writtenAnew))])
  return [...Map.groupBy(written, (file) => file)]
    .filter(([, times]) => times.length > 1)
    .map(
      ([file, { length }]) =>
        `${file} was recorded anew by ${length} tests or suites, each in place of the one before: give them names of their own, or record with OPENAI_VCR_MODE=record-missing`,
    )
}

function writtenAnew({ mode, saved }: CassetteReport): string[] {
  return mode === 'record' && saved?.written === true ? [saved.file] : []
}
