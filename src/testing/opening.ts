import { CassetteError, UnusedError, UsageError } from '../messages/errors.ts'
import { hostsOf } from '../adapters/intercept/hosts.ts'
import type { SaveReport } from '../engine/library/recorder.ts'
import type { Vcr } from '../vcr/vcr.ts'
import { openCassette } from '../vcr/open-cassette.ts'
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
  /** Others that have it too: in the mode `record` each would replace what another recorded. */
  readonly others?: () => readonly string[]
  /** Whether the report is to tell what requests cost. */
  readonly priced: boolean
  /**
   * Whether the report is to list what was played.
   * @default false
   */
  readonly listed?: boolean
}

/** @throws UsageError, CassetteError as opening a cassette does, with the test named */
export async function open({ label, cassette, options, others }: Casting): Promise<Vcr> {
  try {
    checkOptions(options)
    const vcr = await openCassette(cassette, cassetteOptionsOf(options))
    const also = vcr.mode === 'record' ? (others?.() ?? []) : []
    if (also.length > 0) await refuseShared(vcr, also)
    return vcr
  } catch (error) {
    throw named(error, label)
  }
}

async function refuseShared(vcr: Vcr, others: readonly string[]): Promise<never> {
  await vcr.close({ keep: false })
  throw new UsageError(
    `the cassette '${vcr.name}' is also that of ${others.join(', ')}: recording it anew, each would replace what another recorded. Give them names of their own, or put them into a suite with useCassette('${vcr.name}')`,
  )
}

export function hostsFor(vcr: Vcr, { options }: Casting): ReadonlySet<string> {
  return hostsOf(vcr, options.hosts === undefined ? {} : { hosts: options.hosts })
}

/** What is wrong is the cassette or an option, which the message says: where we found out tells nobody anything. */
function named(error: unknown, label: string): unknown {
  if (!(error instanceof UsageError || error instanceof CassetteError)) return error
  const message = `${label}: ${error.message}`
  const told = error instanceof UsageError ? new UsageError(message) : new CassetteError(message)
  told.stack = `${told.name}: ${message}`
  return told
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
