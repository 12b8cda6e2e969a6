import type { CassetteReport } from '../report.ts'
import type { FileCassettes } from './unused-files.ts'
import type { SuiteCassetteOptions, TestCassetteOptions } from '../test-options.ts'

/** What a vitest.config.ts says for all tests. It is sent to the processes that run them: no functions. */
export interface ProjectOptions extends SuiteCassetteOptions {
  /**
   * Writes at the end of a run to this file which interactions were played, and how often, for
   * `openai-vcr stats` and `prune`. Relative to the root of the project.
   * @default none is written
   * @example 'played.json'
   */
  readonly report?: string
}

/** What a test file's process tells the reporter. */
export interface CassetteMeta {
  /** One for each attempt of a test, or one for a suite. */
  readonly runs: readonly CassetteReport[]
  /** Of a test file: where the cassettes of its tests are. */
  readonly file?: FileCassettes
}

declare module 'vitest' {
  interface TestOptions {
    /** For a `test` of openai-vcr/vitest: how its cassette is opened, and what becomes of it. */
    cassette?: TestCassetteOptions
  }
  interface TaskMeta {
    openaiVcr?: CassetteMeta
  }
  interface ProvidedContext {
    openaiVcr: ProjectOptions
  }
}
