/** Prints how many tests passed and failed, from vitest's JSON report. Its argument: the report's file. */
import { readFileSync } from 'node:fs'

interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  /** Files that could not even be loaded count as failed too. */
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[]
}

const report = JSON.parse(readFileSync(process.argv[2] as string, 'utf8')) as Report
const unloaded = report.testResults.filter(
  ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
).length
process.stdout.write(`${report.numPassedTests} ${report.numFailedTests + unloaded}\n`)
