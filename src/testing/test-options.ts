import { UsageError } from '../messages/errors.ts'
import { type HostOptions, readHosts } from '../adapters/intercept/hosts.ts'
import { CASSETTE_OPTIONS, type CassetteOptions, didYouMean } from '../vcr/options/options.ts'

/** How a suite's cassette is opened, and what becomes of it. */
export interface SuiteCassetteOptions extends CassetteOptions, HostOptions {
  /**
   * Keep what was recorded even when the test failed.
   * @default false
   */
  readonly keepFailed?: boolean
}

/** The same for a test's own cassette. */
export interface TestCassetteOptions extends SuiteCassetteOptions {
  /**
   * The cassette's name in place of the one that it has by the test's file and titles.
   * @example 'weather/paris'
   */
  readonly name?: string
}

/** Those of the cassette alone. */
export function cassetteOptionsOf(options: TestCassetteOptions): CassetteOptions {
  const { name: _name, hosts: _hosts, keepFailed: _keepFailed, ...rest } = options
  return rest
}

const KNOWN = [...CASSETTE_OPTIONS, 'name', 'hosts', 'keepFailed'] as const

/**
 * Checks those that are no cassette's: the values of its own are checked where it is opened.
 * @param more that are known here
 */
export function checkOptions(options: TestCassetteOptions, more: readonly string[] = []): void {
  if (typeof options !== 'object' || options === null)
    throw new UsageError("the option 'cassette' must be an object, such as { repeat: 'last' }")
  const known: readonly string[] = [...KNOWN, ...more]
  const unknown = Object.keys(options).find((key) => !known.includes(key))
  if (unknown !== undefined) throw new UsageError(`unknown option '${unknown}'${didYouMean(unknown, known)}`)
  const { hosts, keepFailed } = options
  if (hosts !== undefined) readHosts(hosts)
  if (keepFailed !== undefined && typeof keepFailed !== 'boolean')
    throw new UsageError("the option 'keepFailed' must be true or false")
}

/** For a test whose suite has the cassette: there is nothing that options of its own could open. */
export function refuseOptionsInSuite(label: string, options: TestCassetteOptions): void {
  const [option] = Object.keys(options)
  if (option === undefined) return
  throw new UsageError(
    `${label}: the option '${option}' has no effect, as its suite's cassette answers: give it to useCassette(), or give the test a cassette of its own by 'name'`,
  )
}
