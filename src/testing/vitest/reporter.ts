import path from 'node:path'
import type { Reporter, TestModule, TestRunEndReason, Vitest } from 'vitest/node'
import type { CassetteReport } from '../cassette-report.ts'
import { summaryLines } from './summary.ts'
import { overwrittenIn, unplayedIn, unusedFilesOf, writePlayed } from './run-findings.ts'
import type { CassetteMeta, FileCassettes } from './meta.ts'

/** Reports on the cassettes at the end of a run. */
export class CassetteReporter implements Reporter {
  readonly #vitest: Vitest
  readonly #files = new Set<string>()

  constructor(vitest: Vitest) {
    this.#vitest = vitest
  }

  /** Also writes each run's report to this file. */
  writeTo(file: string): void {
    this.#files.add(file)
  }

  readonly onTestRunEnd = async (
    modules: readonly TestModule[],
    _errors: unknown,
    reason: TestRunEndReason,
  ): Promise<void> => {
    const runs = modules.flatMap(runsIn)
    if (this.#files.size > 0) {
      const complete = reason === 'passed' && (await this.#isWhole(modules))
      await writePlayed([...this.#files], complete, runs.flat())
    }
    const lines = summaryLines({
      reports: runs.flat(),
      unplayed: unplayedIn(runs, await this.#wholeIn(modules, runs)),
      unusedFiles: this.#unusedFiles(modules),
      overwritten: overwrittenIn(runs),
    })
    if (lines.length === 0) return
    const { logger, config } = this.#vitest
    const text = `${lines.join('\n')}\n`
    if (config.reporters.some(isForPrograms)) logger.error(text)
    else logger.log(text)
  }

  /** A cassette with a name given by the user may belong to any test: what it has unplayed is known only if all ran. */
  async #wholeIn(
    modules: readonly TestModule[],
    runs: readonly (readonly CassetteReport[])[],
  ): Promise<(report: CassetteReport) => boolean> {
    const isNamed = runs.flat().some(({ named, unplayed }) => named && unplayed.length > 0)
    const isWhole = isNamed && (await this.#isWhole(modules))
    return ({ named }) => !named || isWhole
  }

  /** Whether every test of the project ran. */
  async #isWhole(modules: readonly TestModule[]): Promise<boolean> {
    return !this.#isFiltered() && modules.every(ranWhole) && (await this.#isAll(modules))
  }

  async #isAll(modules: readonly TestModule[]): Promise<boolean> {
    return (await this.#vitest.globTestSpecifications()).length === modules.length
  }

  #isFiltered(): boolean {
    // In watch mode, the pattern may differ from the configuration's.
    const pattern = this.#vitest.getGlobalTestNamePattern()
    return pattern !== undefined || this.#vitest.config.tagsFilter !== undefined
  }

  #unusedFiles(modules: readonly TestModule[]): string[] {
    if (this.#isFiltered()) return []
    const whole = modules.filter((module) => module.errors().length === 0).flatMap(cassettesOf)
    const all = modules.flatMap(cassettesOf)
    // Two projects may run the same file, each with tests of its own.
    const files = whole.flatMap(({ directory, folder }) =>
      unusedFilesOf({
        directory,
        folder,
        names: all.flatMap((of) => (of.directory === directory ? of.names : [])),
      }),
    )
    return [...new Set(files)].map((file) => path.relative(process.cwd(), file))
  }
}

function cassettesOf(module: TestModule): FileCassettes[] {
  const of = module.meta().openaiVcr?.file
  return of === undefined ? [] : [of]
}

/** Whether a reporter writes machine-readable output to stdout. */
function isForPrograms(reporter: unknown): boolean {
  if (!Array.isArray(reporter)) return false
  const [name, options]: readonly unknown[] = reporter
  return (
    name === 'tap' || name === 'tap-flat' || (options as { stdout?: boolean } | undefined)?.stdout === true
  )
}

function runsIn(module: TestModule): CassetteReport[][] {
  const tasks = [module, ...module.children.allSuites(), ...module.children.allTests()]
  const metas: readonly (CassetteMeta | undefined)[] = tasks.map((task) => task.meta().openaiVcr)
  return metas.map((meta) => [...(meta?.runs ?? [])])
}

/**
 * Whether every test of a file ran. A skipped test counts as not run: vitest does not say whether its own `skip`
 * or another's `only` caused it.
 */
function ranWhole(module: TestModule): boolean {
  const { children } = module
  // After a run that stopped early (`--bail`), files are still queued and tests pending.
  const left = [...children.allTests('skipped'), ...children.allTests('pending')]
  return module.errors().length === 0 && module.state() !== 'queued' && left.length === 0
}
