import { HOSTS, type HostOptions } from '../adapters/intercept/hosts.ts'
import { isPlainObject, type Members, object } from '../json/input/object.ts'
import { type InputPlace, optionsFrom } from '../json/input/place.ts'
import { BOOLEAN, optional, someString } from '../json/input/shape.ts'
import { UsageError } from '../messages/errors.ts'
import { CASSETTE_NAME } from '../node/cassette-name.ts'
import { CASSETTE_OPTIONS, type CassetteOptions } from '../vcr/options/options.ts'
import { withoutKeys } from '../vcr/options/secrets.ts'

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

const SUITE_OPTIONS: Members<SuiteCassetteOptions> = {
  ...CASSETTE_OPTIONS,
  hosts: optional(HOSTS),
  keepFailed: optional(BOOLEAN),
}

const EXPECTED = "an object, such as { repeat: 'last' }"

const TEST_OPTIONS = object<TestCassetteOptions>(EXPECTED, {
  ...SUITE_OPTIONS,
  name: optional(CASSETTE_NAME),
})

const PROJECT_OPTIONS = object<ProjectOptions>(EXPECTED, {
  ...SUITE_OPTIONS,
  report: optional(someString("the name of a file, such as 'played.json'")),
})

/** @throws UsageError that names the option, what it takes and what was found */
export function checkOptions(options: TestCassetteOptions): void {
  TEST_OPTIONS.read(options, optionsFrom('', withoutKeys))
}

/** @throws UsageError as above, and for a function */
export function checkProjectOptions(options: ProjectOptions): void {
  const place = optionsFrom('', withoutKeys)
  PROJECT_OPTIONS.read(options, place)
  refuseFunctions(options, place)
}

function refuseFunctions(value: unknown, place: InputPlace): void {
  if (typeof value === 'function')
    place.refuse(
      "functions cannot be sent to the worker processes that run the tests: set it in the tests instead, with test('…', { cassette: { … } }, …) or useCassette('…', { … })",
    )
  if (!isPlainObject(value) && !Array.isArray(value)) return
  for (const [key, each] of Object.entries(value))
    refuseFunctions(each, place.at(Array.isArray(value) ? Number(key) : key))
}

/** A test in its suite's cassette opens none, so that options of its own would have no effect. */
export function refuseOptionsInSuite(label: string, options: TestCassetteOptions): void {
  const [option] = Object.keys(options)
  if (option === undefined) return
  throw new UsageError(
    `${label}: option \`${option}\` has no effect, because the test uses the cassette of its suite: pass the option to useCassette(), or give the test its own cassette with \`name\``,
  )
}
