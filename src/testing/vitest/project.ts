import path from 'node:path'
import { inject } from 'vitest'
import { rulesOf } from '../../vcr/options/directory-config.ts'
import type { TestCassetteOptions } from '../test-options.ts'
import type { ProjectOptions } from './meta.ts'

/** What vitest keeps for its own use in a process that runs tests; nothing public tells of `-u`. */
const STATE = '__vitest_worker__'

interface WorkerState {
  readonly config?: {
    readonly root?: string
    readonly snapshotOptions?: { readonly updateSnapshot?: string }
  }
}

function config(): NonNullable<WorkerState['config']> {
  return (globalThis as { readonly [STATE]?: WorkerState })[STATE]?.config ?? {}
}

/** The root of the vitest project: cassettes are named relative to it, and their directory stands in it. */
export function rootOf(): string {
  return config().root ?? process.cwd()
}

/** What the plugin in vitest.config.ts passes on; undefined when it is not there. */
export function projectOptions(): ProjectOptions | undefined {
  return inject('openaiVcr') as ProjectOptions | undefined
}

/** What holds for a test: its own options, those of the project, and `vitest -u`. */
export function optionsFor(own: TestCassetteOptions): TestCassetteOptions {
  // Refused where the test can be named.
  if (typeof own !== 'object' || own === null) return own
  const { report: _report, ...project } = projectOptions() ?? {}
  const options = { ...project, ...own }
  const isUpdating = config().snapshotOptions?.updateSnapshot === 'all'
  const directory = path.resolve(rootOf(), options.dir ?? 'cassettes')
  return {
    ...options,
    // Rules add up, as those of a cassette directory do.
    redact: [...(project.redact ?? []), ...(own.redact ?? [])],
    matchers: rulesOf({ matchers: project.matchers ?? {} }, undefined, own.matchers ?? {}),
    // As a person would write it: messages name files in it.
    dir: path.relative(process.cwd(), directory) || '.',
    ...(isUpdating ? { mode: 'record' } : {}),
  }
}
