import path from 'node:path'
import type { Reporter, TestModule, Vitest } from 'vitest/node'
import type { CassetteReport } from './report.ts'
import { summaryLines } from './summary.ts'
import { unplayedIn } from './unplayed.ts'
import { unusedFilesOf } from './unused-files.ts'
import type { CassetteMeta } from './vitest-meta.ts'

/** Vitest's reporters that write what programs read; those of `reporters` to stdout, unless a file is named. */
const FOR_PROGRAMS: ReadonlySet<string> = new Set(['json', 'junit', 'tap', 'tap-flat', 'blob'])

/** Tells at the end of a run what came of its cassettes. */
export class CassetteReporter implements Reporter {
  readonly #vitest: Vitest

  constructor(vitest: Vitest) {
    this.#vitest = vitest
  }

  readonly onTestRunEnd = async (modules: readonly TestModule[]): Promise<void> => {
    const runs = modules.flatMap(runsIn)
    const lines = summaryLines({
      reports: runs.flat(),
      unplayed: unplayedIn(runs, await this.#wholeIn(modules, runs)),
      unusedFiles: this.#unusedFiles(modules),
    })
    if (lines.length > 0 && this.#isForPeople()) this.#vitest.logger.log(`${lines.join('\n')}\n`)
  }

  /** A cassette that is named by hand may be used by any test, so that all have to have run. */
  async #wholeIn(
    modules: readonly TestModule[],
    runs: readonly (readonly CassetteReport[])[],
  ): Promise<(report: CassetteReport) => boolean> {
    const isNamed = runs.flat().some(({ named, unplayed }) => named && unplayed.length > 0)
    const isWhole = isNamed && !this.#isFiltered() && modules.every(ranWhole) && (await this.#isAll(modules))
    return ({ named }) => !named || isWhole
  }

  async #isAll(modules: readonly TestModule[]): Promise<boolean> {
    return (await this.#vitest.globTestSpecifications()).length === modules.length
  }

  #isFiltered(): boolean {
    const { testNamePattern, tagsFilter } = this.#vitest.config
    return testNamePattern !== undefined || tagsFilter !== undefined
  }

  #unusedFiles(modules: readonly TestModule[]): string[] {
    if (this.#isFiltered()) return []
    const whole = modules.filter((module) => module.errors().length === 0)
    const files = whole.flatMap((module) => {
      const of = module.meta().openaiVcr?.file
      return of === undefined ? [] : unusedFilesOf(of)
    })
    return [...new Set(files)].map((file) => path.relative(process.cwd(), file))
  }

  #isForPeople(): boolean {
    const names = this.#vitest.config.reporters.flatMap((each) =>
      Array.isArray(each) ? [each[0] as string] : [],
    )
    return names.length === 0 || names.some((name) => !FOR_PROGRAMS.has(name))
  }
}

function runsIn(module: TestModule): CassetteReport[][] {
  const tasks = [module, ...module.children.allSuites(), ...module.children.allTests()]
  return tasks.map((task) => [...((task.meta().openaiVcr as CassetteMeta | undefined)?.runs ?? [])])
}

/** Without filters one test is skipped for another's sake, or for its own: which, nobody tells. */
function ranWhole(module: TestModule): boolean {
  return module.errors().length === 0 && [...module.children.allTests('skipped')].length === 0
}
