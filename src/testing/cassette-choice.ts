import { CassetteError, UnusedError, UsageError } from '../messages/errors.ts'
import { hostsOf } from '../adapters/intercept/hosts.ts'
import type { SaveReport } from '../engine/library/recorder.ts'
import type { Vcr } from '../vcr/vcr.ts'
import { openCassette } from '../vcr/open-cassette.ts'
import { cassetteOptionsOf, checkOptions, type SuiteCassetteOptions } from './test-options.ts'

/** Which cassette a test or a suite runs in, and how it is opened. */
export interface CassetteChoice {
  /** The test's or suite's name in messages. */
  readonly label: string
  readonly cassette: string
  /**
   * Whether the user gave the cassette its name.
   * @default false
   */
  readonly named?: boolean
  readonly options: SuiteCassetteOptions
  /** The other tests and suites with this cassette: in the mode `record` each would replace the others' recording. */
  readonly others?: () => readonly string[]
  /** Whether the report contains what requests cost. */
  readonly priced: boolean
  /**
   * Whether the report lists the interactions that were played.
   * @default false
   */
  readonly listed?: boolean
}

/** @throws UsageError, CassetteError as `openCassette` does, with the test's name in the message */
export async function openChosen({ label, cassette, options, others }: CassetteChoice): Promise<Vcr> {
  try {
    checkOptions(options)
    const vcr = await openCassette(cassette, cassetteOptionsOf(options))
    const also = vcr.mode === 'record' ? (others?.() ?? []) : []
    if (also.length > 0) await refuseShared(vcr, also)
    return vcr
  } catch (error) {
    throw withLabel(error, label)
  }
}

async function refuseShared(vcr: Vcr, others: readonly string[]): Promise<never> {
  await vcr.close({ keep: false })
  throw new UsageError(
    `cassette '${vcr.name}' is also used by ${others.join(', ')}: in the mode 'record', each would replace the recording of the one before. Give each its own cassette name, or share the cassette in a suite with useCassette('${vcr.name}')`,
  )
}

export function hostsFor(vcr: Vcr, { options }: CassetteChoice): ReadonlySet<string> {
  return hostsOf(vcr, options.hosts === undefined ? {} : { hosts: options.hosts })
}

/** Puts the test's name in front. The stack is dropped: the cause is a cassette or an option, and no line of code. */
function withLabel(error: unknown, label: string): unknown {
  if (!(error instanceof UsageError || error instanceof CassetteError)) return error
  const message = `${label}: ${error.message}`
  const labelled = error instanceof UsageError ? new UsageError(message) : new CassetteError(message)
  labelled.stack = `${labelled.name}: ${message}`
  return labelled
}

/** Closes a cassette, and returns what that threw. */
export async function closeChosen(
  vcr: Vcr,
  { passed, keep }: { passed: boolean; keep: boolean },
): Promise<{ saved: SaveReport | undefined; failures: readonly Error[] }> {
  try {
    return { saved: await vcr.close({ keep }), failures: [] }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    // A test that failed midway has not played everything, which is no failure of its own.
    return { saved: undefined, failures: error instanceof UnusedError && !passed ? [] : [error] }
  }
}
