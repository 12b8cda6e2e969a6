import { Arrivals } from '../../src/engine/arrival.ts'
import { type Caller, clientOf } from '../../src/engine/exchange/exchange.ts'
import type { Library } from '../../src/engine/library/library.ts'
import { systemClock } from '../../src/node/clock.ts'
import { FileStore } from '../../src/node/file-store.ts'
import { TempScratch } from '../../src/node/temp-scratch.ts'
import { openai } from '../../src/openai/dialect.ts'
import type { Composition } from '../../src/vcr/composition.ts'
import { OpenSession, RunTotals } from '../../src/vcr/open-session.ts'
import { resolveOptions } from '../../src/vcr/options/resolve-options.ts'
import { ANSWERER, type Answerer, type OpenCassette } from '../../src/engine/exchange/answerer.ts'
import { RUNNER_ACCESS, type ScopedCassette, type Vcr } from '../../src/vcr/vcr.ts'

/** For what runs beneath the public API: cassettes in a folder, and an upstream that never answers. */
export function compositionOf(
  dir: string,
  mode: 'record' | 'replay',
  more: Partial<Composition['dependencies']> = {},
): Composition {
  const clock = more.clock ?? systemClock
  const nobody = (): Promise<never> => Promise.reject(new Error('there is nobody to ask'))
  return {
    options: resolveOptions({ mode, dir }, {}),
    dependencies: {
      store: new FileStore(dir),
      scratch: new TempScratch(),
      upstream: { send: nobody, connect: nobody },
      clock,
      arrivals: new Arrivals(clock),
      prices: { usd: () => undefined },
      tokenizer: { count: () => 0 },
      dialect: openai,
      env: {},
      warn: () => {},
      ...more,
    },
    secrets: [],
    matchersOf: () => ({}),
  }
}

export function sessionOf(composition: Composition, library: Library): OpenSession {
  return new OpenSession(composition, library, 'error', new RunTotals())
}

/** A client that sends its requests in this order, and stays. */
export function callerOf({ arrivals }: { readonly arrivals: Arrivals }): Caller {
  return { arrival: arrivals.next(), client: clientOf(undefined) }
}

export function scopeOf(vcr: Vcr): ScopedCassette {
  return vcr[RUNNER_ACCESS].scope()
}

export function answererOf(vcr: OpenCassette): Answerer {
  return vcr[ANSWERER]
}

/** What answers intercepted requests, without a cassette. */
export function answererWith(own: Pick<Answerer, 'handle' | 'connect'>): Answerer {
  return {
    mode: 'replay',
    upstream: undefined,
    hosts: [],
    redact: (text) => text,
    arrive: () => ({ order: 0, at: 0 }),
    ...own,
  }
}
