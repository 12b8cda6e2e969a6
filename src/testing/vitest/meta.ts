import type { CassetteReport } from '../cassette-report.ts'
import type { FileCassettes } from './run-findings.ts'
import type { SuiteCassetteOptions, TestCassetteOptions } from '../test-options.ts'

/** Options for all tests, from vitest.config.ts. They are sent to worker processes, so they contain no functions. */
export interface ProjectOptions extends SuiteCassetteOptions {
  /**
   * A file to which each run writes how often every interaction was played, for `openai-vcr stats` and
   * `prune`. Relative to the project's root.
   * @default no file
   * @example 'played.json'
   */
  readonly report?: string
}

/** What a worker process sends to the reporter. */
export interface CassetteMeta {
  /** One report for each attempt at a test, or one for a suite. */
  readonly runs: readonly CassetteReport[]
  /** Only for a test file: the cassettes of its tests. */
  readonly file?: FileCassettes
}

declare module 'vitest' {
  interface TestOptions {
    /** For a `test` of openai-vcr/vitest: how its cassette is opened, and when its recording is kept. */
    cassette?: TestCassetteOptions
  }
  interface TaskMeta {
    openaiVcr?: CassetteMeta
  }
  interface ProvidedContext {
    openaiVcr: ProjectOptions
  }
}
