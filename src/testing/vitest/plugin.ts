import { resolve } from 'node:path'
import type { Plugin } from 'vitest/config'
import { UsageError } from '../../messages/errors.ts'
import { resolveOptions } from '../../vcr/options/options.ts'
import { cassetteOptionsOf, checkOptions, type ProjectOptions } from '../test-options.ts'
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
  const { report, ...own } = options
  checkOptions(options, ['report'])
  if (report !== undefined && (typeof report !== 'string' || report === ''))
    throw new UsageError("the option 'report' must be the name of a file, such as 'played.json'")
  resolveOptions(cassetteOptionsOf(own), {})
  refuseFunctions(options, 'openaiVcr')
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

function refuseFunctions(value: unknown, path: string): void {
  if (typeof value === 'function')
    throw new UsageError(
      `${path} is a function, which cannot be sent to the worker processes that run the tests: set it in the tests instead, with test('…', { cassette: { … } }, …) or useCassette('…', { … })`,
    )
  if (typeof value !== 'object' || value === null || value instanceof RegExp) return
  for (const [key, each] of Object.entries(value)) refuseFunctions(each, `${path}.${key}`)
}
