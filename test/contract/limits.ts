/**
 * What each adapter cannot do. Everything else in the contract suite all can. The tests
 * of a limit must fail for the adapters that declare it, and docs/adapters.md says the
 * same, or a test fails.
 */

export const ADAPTERS = ['fetch', 'MSW', 'nock', 'Express', 'node:http', 'server'] as const

export type AdapterName = (typeof ADAPTERS)[number]

export const ABILITIES = {
  'get-body': 'a request body on a GET',
} as const

export type Ability = keyof typeof ABILITIES

export const CANNOT: Readonly<Record<AdapterName, Partial<Record<Ability, string>>>> = {
  fetch: {},
  MSW: {},
  nock: {},
  Express: {},
  'node:http': {},
  server: {},
}
