import type { Cassette, Interaction } from '../cassette/cassette.ts'
import type { Dialect } from '../api/dialect.ts'
import type { OutgoingRequest } from '../http/message.ts'
import { sumUsage, type Usage } from '../api/usage.ts'
import type { Env } from '../engine/modes.ts'
import type { Clock, Prices, Tokenizer } from '../engine/ports.ts'
import { usageByInteraction } from './costs.ts'
import { refusalOf } from './refusal.ts'

/** A cassette with the text of its file, which is compared later to detect changes to the file. */
export interface CassetteFile {
  readonly name: string
  readonly file: string
  readonly text: string
  readonly cassette: Cassette
}

/** A cassette to re-record, with the estimated cost. */
export interface RerecordPlan extends CassetteFile {
  /** The usage of each recorded response at today's prices. */
  readonly usages: readonly Usage[]
  readonly usage: Usage
  /** The models that will be called, sorted. */
  readonly models: readonly string[]
  /** New model by recorded model. */
  readonly modelMap: ReadonlyMap<string, string>
  /** The upstream for all requests; undefined to use the recorded upstream of each interaction. */
  readonly upstream: string | undefined
  readonly baseOf: (interaction: Interaction) => string
  /** Why the cassette cannot be re-recorded; undefined if it can. */
  readonly refusal: string | undefined
}

export interface PlanOptions extends Pick<RerecordPlan, 'modelMap' | 'upstream'> {
  readonly dialect: Dialect
  readonly prices: Prices
  readonly tokenizer: Tokenizer
  readonly clock: Pick<Clock, 'today'>
}

/** Plans how to re-record a cassette and estimates the cost. Sends no requests. */
export function planRerecord(file: CassetteFile, options: PlanOptions): RerecordPlan {
  const { cassette } = file
  const { dialect, modelMap, upstream } = options
  const baseOf = (interaction: Interaction): string =>
    upstream ?? recordedUpstream(interaction, cassette) ?? dialect.defaultUpstream
  const usages = usageByInteraction(cassette, { ...options, baseOf })
  const models = cassette.interactions.flatMap(({ request }) => {
    const model = dialect.requests.modelOf(request)
    return model === undefined ? [] : [modelMap.get(model) ?? model]
  })
  return {
    ...file,
    usages,
    usage: sumUsage(usages),
    models: [...new Set(models)].toSorted(),
    modelMap,
    upstream,
    baseOf,
    refusal: refusalOf(cassette, dialect.rerecord),
  }
}

/** Undefined if the cassette's upstream is not a URL, as in a cassette with stand-in responses. */
function recordedUpstream({ upstream }: Interaction, cassette: Cassette): string | undefined {
  const from = upstream ?? cassette.upstream
  return /^https?:$/.test(URL.canParse(from) ? new URL(from).protocol : '') ? from : undefined
}

/** The first URL that would get a request without a key, as the environment has no key for it; undefined if there is none. */
export function urlWithoutKey(
  { cassette, baseOf, upstream }: RerecordPlan,
  dialect: Pick<Dialect, 'authorize'>,
  env: Env,
): string | undefined {
  const keyless = cassette.interactions.find((interaction) => {
    const { method, path: target, headers } = interaction.request
    const request: OutgoingRequest = { method, target, headers, body: new Uint8Array(0) }
    const to = { url: baseOf(interaction), explicit: upstream !== undefined }
    return dialect.authorize(request, to, env) === request
  })
  return keyless && baseOf(keyless)
}
