import { test } from 'vitest'
import type { Adapter } from './adapter.ts'

/**
 * What not every adapter can do; everything else in the suite all can. The test of an
 * ability must fail where it is declared that the adapter lacks it, so that no
 * declaration outlives its reason; and docs/adapters.md says the same, or a test fails.
 */
export const ABILITIES = {
  'get-body': 'body of a GET request',
  'expect-continue': '`100 Continue` for a client that sends `Expect: 100-continue`',
  'compressed-request': 'compressed request body reaches the upstream as it was sent',
  'repeated-header-lines': 'repeated response header on separate lines',
  'back-pressure': 'slow client slows the upstream down',
  'redirect-to-root': 'redirect to a path from the root (`/v1/…`) stays with the cassette',
  'redirect-to-host': 'redirect to a URL with a host stays with the cassette',
  'web-socket': 'WebSocket of the global class',
  'web-socket-of-ws': 'WebSocket of the package `ws`',
} as const

export type Ability = keyof typeof ABILITIES

export const ADAPTERS = ['fetch', 'MSW', 'nock', 'Express', 'node:http', 'server'] as const

export type AdapterName = (typeof ADAPTERS)[number]

const AWAY = 'the client goes to that host, not to your server'

/** Why an adapter cannot do something. */
export const CANNOT: Readonly<Record<AdapterName, Readonly<Partial<Record<Ability, string>>>>> = {
  fetch: {
    'get-body': 'the fetch standard does not allow one',
    'expect-continue': 'fetch cannot send the header',
    'repeated-header-lines': 'the class `Headers` joins the values',
    'web-socket': '`fetch` opens none; use `intercept`',
    'web-socket-of-ws': '`fetch` opens none; use `intercept`',
  },
  MSW: {
    'back-pressure': "MSW's engine reads a response as fast as it comes, and holds it in memory",
    'get-body': 'MSW drops it, because a web `Request` cannot hold one',
    'expect-continue': 'MSW responds only when it has the whole body',
  },
  nock: {
    'back-pressure':
      "MSW's engine, which nock uses, reads a response as fast as it comes, and holds it in memory",
    'get-body': 'nock drops it, because a web `Request` cannot hold one',
    'expect-continue': 'nock responds only when it has the whole body',
    'compressed-request': 'nock decodes gzip, deflate and br, and passes on the decoded body only',
    'web-socket': 'nock does not see it, so it goes to the network',
    'web-socket-of-ws': 'nock answers the handshake as a plain request',
  },
  Express: {
    'redirect-to-root': "the client goes to your app's root, and the cassette is mounted below it",
    'redirect-to-host': AWAY,
  },
  'node:http': {
    'redirect-to-host': AWAY,
  },
  server: { 'redirect-to-host': AWAY },
}

/** A test of something that some adapters cannot do. */
export function testAbility({ name }: Adapter, ability: Ability, run: () => Promise<void>): void {
  const reason = CANNOT[name][ability]
  if (reason === undefined) test(`${name}: ${ABILITIES[ability]}`, run)
  else test.fails(`${name}: declared that it cannot: ${ABILITIES[ability]} (${reason})`, run)
}
