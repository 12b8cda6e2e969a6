import { resolveOptions } from '../../src/vcr/options/options.ts'
import type { Surroundings } from '../../src/vcr/library.ts'
import { systemClock } from '../../src/node/clock.ts'
import { FileStore } from '../../src/node/file-store.ts'
import { TempScratch } from '../../src/node/temp-scratch.ts'
import { openai } from '../../src/openai/dialect.ts'

/** A source's surroundings, for what runs beneath the public API: cassettes in a folder, and nobody to ask. */
export function surroundingsOf(dir: string, mode: 'record' | 'replay'): Surroundings {
  const nobody = (): Promise<never> => Promise.reject(new Error('there is nobody to ask'))
  return {
    options: resolveOptions({ mode, dir }, {}),
    store: new FileStore(dir),
    scratch: new TempScratch(),
    upstream: { send: nobody, connect: nobody },
    clock: systemClock,
    prices: { usd: () => undefined },
    tokenizer: { count: () => 0 },
    dialect: openai,
    secrets: [],
    env: {},
    matchersOf: () => ({}),
    warn: () => {},
  }
}
