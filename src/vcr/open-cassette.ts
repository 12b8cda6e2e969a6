import { emitUserWarning } from '../node/user-warnings.ts'
import { saveOnSignal } from '../node/save-on-signal.ts'
import { compose } from './compose.ts'
import { whyKept } from './expiry.ts'
import { openLibrary } from './open-library.ts'
import { readConfig } from './options/config-file.ts'
import { budgetOf, upstreamOf } from './options/config.ts'
import type { CassetteOptions } from './options/options.ts'
import { resolveOptions } from './options/resolve-options.ts'
import { redactWith } from './options/secrets.ts'
import { Vcr } from './vcr.ts'

/**
 * Opens a cassette for one session.
 * @param name the file's name in the cassette directory, without `.yaml`; may contain `/`
 * @example
 * await using vcr = await openCassette('weather')
 * const client = new OpenAI({ fetch: vcr.fetch })
 * @throws UsageError for an unknown option or mode, or a directory that cannot be used
 * @throws CassetteError for a broken cassette, with its file and line, or an expired one whose action is `'fail'`
 */
export async function openCassette(name: string, options: CassetteOptions = {}): Promise<Vcr> {
  const env = process.env
  const redact = redactWith(env)
  const resolved = resolveOptions(options, env)
  const config = await readConfig(resolved.dir, redact)
  const upstream = resolved.upstream ?? upstreamOf(config, name)
  const budget = budgetOf(config, resolved.budget)
  const composition = compose({
    options: { ...resolved, upstream, budget },
    config,
    env,
    warn: emitUserWarning,
    whyKept: whyKept(env, options.mode === undefined ? undefined : resolved.mode, budget),
  })
  const library = await openLibrary(
    name,
    composition,
    `run this again with OPENAI_VCR_MODE=record-missing and OPENAI_API_KEY set`,
  )
  const forget = library.records ? saveOnSignal(name, () => vcr.close()) : (): void => {}
  const vcr = new Vcr(name, composition, library, async () => {
    forget()
    await composition.close()
  })
  return vcr
}
