import { CassetteError, UnusedError, UsageError } from '../core/errors.ts'
import { hostsOf } from '../adapters/hosts.ts'
import type { SaveReport } from '../engine/recorder.ts'
import type { Vcr } from '../engine/vcr.ts'
import { openCassette } from '../open-cassette.ts'
import { cassetteOptionsOf, checkOptions, type SuiteCassetteOptions } from './test-options.ts'

/** A cassette that a test or a suite runs in. */
export interface Casting {
  /** The test or suite, as messages name it. */
  readonly label: string
  readonly cassette: string
  /**
   * Whether the user gave it that name.
   * @default false
   */
  readonly named?: boolean
  readonly options: SuiteCassetteOptions
  /** Whether the report is to tell what requests cost. */
  readonly priced: boolean
}

/** @throws UsageError, CassetteError as opening a cassette does, with the test named */
export async function open({ label, cassette, options }: Casting): Promise<Vcr> {
  try {
    checkOptions(options)
    return await openCassette(cassette, cassetteOptionsOf(options))
  } catch (error) {
    throw named(error, label)
  }
}

export function hostsFor(vcr: Vcr, { options }: Casting): ReadonlySet<string> {
  return hostsOf(vcr, options.hosts === undefined ? {} : { hosts: options.hosts })
}

function named(error: unknown, label: string): unknown {
  if (error instanceof UsageError) return new UsageError(`${label}: ${error.message}`, { cause: error })
  if (error instanceof CassetteError) return new CassetteError(`${label}: ${error.message}`, { cause: error })
  return error
}

/** Closes it: what was recorded is kept when the test passed, or on demand. */
export async function close(
  vcr: Vcr,
  { passed, keep }: { passed: boolean; keep: boolean },
): Promise<{ saved: SaveReport | undefined; failures: readonly Error[] }> {
  try {
    return { saved: await vcr.close({ keep }), failures: [] }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    // A test that failed on its way has of course not asked for all.
    return { saved: undefined, failures: error instanceof UnusedError && !passed ? [] : [error] }
  }
}
