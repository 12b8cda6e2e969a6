import { resolve } from 'node:path'
import type { Plugin } from 'vitest/config'
import { checkProjectOptions, type ProjectOptions } from '../test-options.ts'
import { CassetteReporter } from './reporter.ts'

export type { ProjectOptions } from '../test-options.ts'
export type { CassetteMeta } from './meta.ts'

/**
 * A plugin for vitest.config.ts: sets options for all tests of openai-vcr/vitest, and prints a summary after a run.
 * @example
 * export default defineConfig({ plugins: [openaiVcr({ dir: 'test/cassettes' })] })
 * @throws UsageError for an option that is unknown, invalid, or cannot be sent to worker processes
 */
export function openaiVcr(options: ProjectOptions = {}): Plugin {
  checkProjectOptions(options)
  const { report } = options
  return {
    name: 'openai-vcr',
    configureVitest({ project, vitest }) {
      project.provide('openaiVcr', options)
      const { reporters } = vitest.config
      // Called once for each project.
      const known = reporters.find((each) => each instanceof CassetteReporter)
      const reporter = known ?? new CassetteReporter(vitest)
      if (known === undefined) reporters.push(reporter)
      if (report !== undefined) reporter.writeTo(resolve(project.config.root, report))
    },
  }
}
