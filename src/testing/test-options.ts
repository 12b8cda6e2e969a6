import { UsageError } from '../messages/errors.ts'
import { type HostOptions, readHosts } from '../adapters/intercept/hosts.ts'
import { CASSETTE_OPTIONS, type CassetteOptions, withoutKeys } from '../vcr/options/options.ts'
import { didYouMean } from '../messages/nearest-word.ts'

/** How a suite's cassette is opened, and when its recording is kept. */
export interface SuiteCassetteOptions extends CassetteOptions, HostOptions {
  /**
   * Keeps what was recorded even if the test fails.
   * @default false
   */
  readonly keepFailed?: boolean
}

/** The same for a test's own cassette. */
export interface TestCassetteOptions extends SuiteCassetteOptions {
  /**
   * The cassette's name, instead of the one from the test's file and titles.
   * @example 'weather/paris'
   */
  readonly name?: string
}

/** Options for all tests, from vitest.config.ts. They are sent to worker processes, so they contain no functions. */
export interface ProjectOptions extends SuiteCassetteOptions {
  /**
   * A file to which each run writes how often every interaction was played, for `openai-vcr stats` and
   * `prune`. Relative to the project's root.
   * @default no file
   * @example 'played.json'
   */
  readonly report?: string
}

/** The options that `openCassette` takes. */
export function cassetteOptionsOf(options: TestCassetteOptions): CassetteOptions {
  const { name: _name, hosts: _hosts, keepFailed: _keepFailed, ...rest } = options
  return rest
}

const KNOWN = [...CASSETTE_OPTIONS, 'name', 'hosts', 'keepFailed'] as const

/**
 * Checks the names of all options, and the values of those that `openCassette` does not take.
 * @param more further names that are allowed
 */
export function checkOptions(options: TestCassetteOptions, more: readonly string[] = []): void {
  if (typeof options !== 'object' || options === null)
    throw new UsageError("the option 'cassette' must be an object, such as { repeat: 'last' }")
  const known: readonly string[] = [...KNOWN, ...more]
  const unknown = Object.keys(options).find((key) => !known.includes(key))
  if (unknown !== undefined) throw new UsageError(`unknown option '${unknown}'${didYouMean(unknown, known)}`)
  const { hosts, keepFailed } = options
  if (hosts !== undefined) readHosts(hosts, withoutKeys)
  if (keepFailed !== undefined && typeof keepFailed !== 'boolean')
    throw new UsageError("the option 'keepFailed' must be true or false")
}

/** A test in its suite's cassette opens none, so that options of its own would have no effect. */
export function refuseOptionsInSuite(label: string, options: TestCassetteOptions): void {
  const [option] = Object.keys(options)
  if (option === undefined) return
  throw new UsageError(
    `${label}: the option '${option}' has no effect, because the test uses the cassette of its suite: pass the option to useCassette(), or give the test its own cassette with 'name'`,
  )
}
