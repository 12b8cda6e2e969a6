import type { Expires } from '../cassette/expiry.ts'
import { asOwnTraffic } from '../adapters/own-traffic.ts'
import { Arrivals } from '../engine/arrival.ts'
import type { Env } from '../engine/modes.ts'
import { systemClock } from '../node/clock.ts'
import { FileStore } from '../node/file-store.ts'
import { HttpUpstream } from '../node/http-upstream.ts'
import { listPrices } from '../node/prices.ts'
import { TempScratch } from '../node/temp-scratch.ts'
import { tiktoken } from '../node/tokenizer.ts'
import { openai } from '../openai/dialect.ts'
import type { Composition } from './composition.ts'
import { type Config, expiryOf, rulesOf } from './options/config.ts'
import type { ResolvedOptions } from './options/resolve-options.ts'
import { secretsOf } from './options/secrets.ts'

export interface CompositionSetup {
  readonly options: ResolvedOptions
  readonly config: Config
  readonly env: Env
  readonly warn: (message: string) => void
  /** Why an expired recording is replayed all the same. Undefined where it is recorded again. */
  readonly whyKept: string | undefined
}

/** Wires everything for Node and OpenAI's API. Everything that opens a cassette uses it. */
export function compose({ options, config, env, warn, whyKept }: CompositionSetup): Composition & {
  close(): Promise<void>
} {
  const scratch = new TempScratch()
  const upstream = new HttpUpstream()
  return {
    options,
    dependencies: {
      store: new FileStore(options.dir),
      scratch,
      upstream: asOwnTraffic(upstream),
      clock: systemClock,
      arrivals: new Arrivals(systemClock),
      prices: listPrices,
      tokenizer: tiktoken,
      dialect: openai,
      env,
      warn,
    },
    secrets: secretsOf(env),
    matchersOf: (name) => rulesOf(config, name, options.matchers),
    expiry: {
      of: (name: string, own: Expires | undefined) =>
        expiryOf(config, name, { chosen: options.expires, own }),
      keptAs: whyKept,
    },
    close: async () => {
      scratch.close()
      await upstream.close()
    },
  }
}
