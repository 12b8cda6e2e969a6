import path from 'node:path'
import { inject } from 'vitest'
import { isPlainObject } from '../../json/input/object.ts'
import { joinedMatchers } from '../../vcr/options/config.ts'
import type { ProjectOptions, TestCassetteOptions } from '../test-options.ts'
import { workerConfig } from './internals.ts'

/** The vitest project's root, to which the cassette directory and the names of cassettes are relative. */
export function rootOf(): string {
  return workerConfig().root ?? process.cwd()
}

/** The plugin's options; undefined without the plugin. */
export function projectOptions(): ProjectOptions | undefined {
  return inject('openaiVcr') as ProjectOptions | undefined
}

/** A test's options, with those of the project and of `vitest -u`. */
export function optionsFor(own: TestCassetteOptions): TestCassetteOptions {
  // Refused later, with the test's name.
  if (typeof own !== 'object' || own === null) return own
  const { report: _report, ...project } = projectOptions() ?? {}
  const options = { ...project, ...own }
  const isUpdating = workerConfig().snapshotOptions?.updateSnapshot === 'all'
  const directory = path.resolve(rootOf(), options.dir ?? 'cassettes')
  return {
    ...options,
    // Rules are combined, as with those of a configuration; what are none are refused later, with the test's name.
    ...(Array.isArray(own.redact) ? { redact: [...(project.redact ?? []), ...own.redact] } : {}),
    ...(isPlainObject(own.matchers)
      ? { matchers: joinedMatchers(project.matchers ?? {}, own.matchers) }
      : {}),
    // A relative path, because messages show the files in it.
    dir: path.relative(process.cwd(), directory) || '.',
    ...(isUpdating ? { mode: 'record' } : {}),
  }
}
