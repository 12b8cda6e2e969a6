import type { CassetteReport } from '../cassette-report.ts'
import type { ProjectOptions, TestCassetteOptions } from '../test-options.ts'

/** The cassettes of a test file. */
export interface FileCassettes {
  /** The cassette directory's absolute path. */
  readonly directory: string
  /** The folder of the file's cassettes, in that directory. */
  readonly folder: string
  /** The cassettes of all its tests and suites, whether or not these ran. */
  readonly names: readonly string[]
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
