import type { Expires } from '../cassette/expiry.ts'
import { Vcr } from './vcr.ts'
import { type CassetteOptions, resolveOptions, secretsOf } from './options/options.ts'
import { whyKept } from './expiry.ts'
import { budgetOf, expiryOf, rulesOf, upstreamOf } from './options/directory-config.ts'
import { Source } from './library.ts'
import { systemClock } from '../node/clock.ts'
import { configOf } from './options/config-file.ts'
import { FileStore } from '../node/file-store.ts'
import { HttpUpstream } from '../node/http-upstream.ts'
import { listPrices } from '../node/prices.ts'
import { saveOnSignal } from '../node/save-on-signal.ts'
import { TempScratch } from '../node/temp-scratch.ts'
import { tiktoken } from '../node/tokenizer.ts'
import { openai } from '../openai/dialect.ts'

/**
 * Opens a cassette for one session.
 * @param name the file's name in the cassette directory, without `.yaml`; may contain `/`
 * @example
 * await using vcr = await openCassette('weather')
 * const client = new OpenAI({ fetch: vcr.fetch })
 * @throws UsageError for an unknown option or mode, or a directory that cannot be used
 * @throws CassetteError for a cassette that is broken, with its file and the line, or that is too old and is to fail
 */
export async function openCassette(name: string, options: CassetteOptions = {}): Promise<Vcr> {
  const told = resolveOptions(options, process.env)
  const config = await configOf(told.dir)
  const budget = budgetOf(config, told.budget)
  const resolved = { ...told, upstream: told.upstream ?? upstreamOf(config, name), budget }
  const scratch = new TempScratch()
  const upstream = new HttpUpstream()
  const surroundings = {
    options: resolved,
    store: new FileStore(resolved.dir),
    scratch,
    upstream,
    clock: systemClock,
    prices: listPrices,
    tokenizer: tiktoken,
    dialect: openai,
    secrets: secretsOf(process.env),
    env: process.env,
    matchersOf: (of: string | undefined) => rulesOf(config, of, resolved.matchers),
    expiry: {
      of: (of: string, own: Expires | undefined) => expiryOf(config, of, { told: told.expires, own }),
      keptAs: whyKept(process.env, options.mode === undefined ? undefined : told.mode, budget),
    },
    warn: (message: string) => process.emitWarning(message, 'OpenaiVcrWarning'),
  }
  const source = await Source.cassette(
    name,
    surroundings,
    `run this again with OPENAI_VCR_MODE=record-missing and OPENAI_API_KEY set`,
  )
  const forget = source.records ? saveOnSignal(name, () => vcr.close()) : (): void => {}
  const vcr = new Vcr(name, source, resolved, systemClock, async () => {
    forget()
    scratch.close()
    await upstream.close()
  })
  return vcr
}
