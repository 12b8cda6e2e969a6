import path from 'node:path'
import { inject } from 'vitest'
import { rulesOf } from '../../vcr/options/directory-config.ts'
import type { ProjectOptions, TestCassetteOptions } from '../test-options.ts'

/** Where vitest keeps a worker's state. It has no public API that tells of `-u`. */
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

/** The vitest project's root, to which the cassette directory and the names of cassettes are relative. */
export function rootOf(): string {
  return config().root ?? process.cwd()
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
  const isUpdating = config().snapshotOptions?.updateSnapshot === 'all'
  const directory = path.resolve(rootOf(), options.dir ?? 'cassettes')
  return {
    ...options,
    // Rules are combined, as with a cassette directory's.
    redact: [...(project.redact ?? []), ...(own.redact ?? [])],
    matchers: rulesOf({ matchers: project.matchers ?? {} }, undefined, own.matchers ?? {}),
    // A relative path, because messages show the files in it.
    dir: path.relative(process.cwd(), directory) || '.',
    ...(isUpdating ? { mode: 'record' } : {}),
  }
}
