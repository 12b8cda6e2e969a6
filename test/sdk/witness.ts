import type { ClientOptions } from 'openai'
import { NOT_PROMISED } from '../support/not-promised.ts'

type Fetch = NonNullable<ClientOptions['fetch']>

/** What came over the wire, besides what the client makes of it. */
export interface Witnessed {
  readonly status: number
  readonly headers: readonly (readonly [string, string])[]
}

/** A fetch that notes the head of each answer. It leaves bodies alone: they belong to the client. */
export function witness(fetch: Fetch): { fetch: Fetch; seen: Witnessed[] } {
  const seen: Witnessed[] = []
  return {
    seen,
    fetch: async (input, init) => {
      const response = await fetch(input, init)
      seen.push({ status: response.status, headers: [...response.headers].filter(isPromised).map(masked) })
      return response
    },
  }
}

function isPromised([name, value]: [string, string]): boolean {
  return !NOT_PROMISED.has(name) && !(name === 'retry-after-ms' && value === '1')
}

function masked([name, value]: [string, string]): [string, string] {
  return [name, value.replace(/^(org-|proj_).*/, '$1*')]
}
