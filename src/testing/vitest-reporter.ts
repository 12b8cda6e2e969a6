import type { Reporter, TestModule } from 'vitest/node'

/** Tells at the end of a run what came of its cassettes. */
export class CassetteReporter implements Reporter {
  readonly onTestRunEnd = (_modules: readonly TestModule[]): void => {}
}
