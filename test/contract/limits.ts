import { test } from 'vitest'
import type { Adapter } from './adapter.ts'

/**
 * What not every adapter can do; everything else in the suite all can. The test of an
 * ability must fail where it is declared that the adapter lacks it, so that no
 * declaration outlives its reason; and docs/adapters.md says the same, or a test fails.
 */
export const ABILITIES = {
  'get-body': 'a request body on a GET reaches the engine',
  'expect-continue': 'a client that sends `Expect: 100-continue` is told to go on',
  'compressed-request': 'a body that the client compressed is recorded from the upstream as it was sent',
  'repeated-header-lines': 'a repeated response header comes as several lines, as it was recorded',
  'back-pressure': 'a client that reads slowly holds the upstream up',
  'redirect-to-root': 'a redirect to a path from the root (`/v1/…`) stays with the cassette',
  'redirect-to-host': 'a redirect to a URL with a host stays with the cassette',
  'web-socket': 'a WebSocket of the global class is recorded and replayed',
  'web-socket-of-ws': 'a WebSocket of the package `ws` is recorded and replayed',
} as const

export type Ability = keyof typeof ABILITIES

export const ADAPTERS = ['fetch', 'MSW', 'nock', 'Express', 'node:http', 'server'] as const

export type AdapterName = (typeof ADAPTERS)[number]

const THERE = 'the client goes to that host, past the server'

/** Why an adapter cannot do something. */
export const CANNOT: Readonly<Record<AdapterName, Readonly<Partial<Record<Ability, string>>>>> = {
  fetch: {
    'get-body': 'the fetch standard forbids it',
    'expect-continue': 'fetch cannot send it',
    'repeated-header-lines': 'Headers of the fetch standard joins the values',
    'web-socket': 'fetch opens none',
    'web-socket-of-ws': 'fetch opens none',
  },
  MSW: {
    'back-pressure': 'its engine takes an answer as fast as it comes, and holds it until it is read',
    'get-body': 'MSW drops it: a web Request has no place for it',
    'expect-continue': 'MSW answers once it has the body, and says nothing before',
  },
  nock: {
    'back-pressure': 'its engine takes an answer as fast as it comes, and holds it until it is read',
    'get-body': 'nock drops it: a web Request has no place for it',
    'expect-continue': 'nock answers once it has the body, and says nothing before',
    'compressed-request': 'nock undoes gzip, deflate and br, and hands out no more than the decoded body',
    'web-socket': 'nock does not see it, and it goes to the network',
    'web-socket-of-ws': 'nock answers its handshake as a plain request',
  },
  Express: {
    'redirect-to-root': 'the client goes to the root of the server, and the cassette is mounted below it',
    'redirect-to-host': THERE,
  },
  'node:http': {
    'redirect-to-host': THERE,
  },
  server: { 'redirect-to-host': THERE },
}

/** A test of something that some adapters cannot do. */
export function testAbility({ name }: Adapter, ability: Ability, run: () => Promise<void>): void {
  const reason = CANNOT[name][ability]
  if (reason === undefined) test(`${name}: ${ABILITIES[ability]}`, run)
  else test.fails(`${name}: declared that it cannot: ${ABILITIES[ability]} (${reason})`, run)
}
