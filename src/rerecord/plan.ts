import type { Cassette, Interaction } from '../cassette/cassette.ts'
import type { Dialect } from '../api/dialect.ts'
import type { OutgoingRequest } from '../http/message.ts'
import { sumUsage, type Usage } from '../api/usage.ts'
import type { Env } from '../engine/modes.ts'
import type { Clock, Prices, Tokenizer } from '../engine/ports.ts'
import { usageByInteraction } from './costs.ts'
import { refusalOf } from './refusal.ts'

/** A cassette with the text of its file, by which a later change of the file is noticed. */
export interface CassetteFile {
  readonly name: string
  readonly file: string
  readonly text: string
  readonly cassette: Cassette
}

/** A cassette that is to be recorded anew, with what that is estimated to take. */
export interface RerecordPlan extends CassetteFile {
  /** By interaction: what the recorded answers used, at today's prices. */
  readonly usages: readonly Usage[]
  readonly usage: Usage
  /** The models that will be asked, sorted. */
  readonly models: readonly string[]
  /** Models to ask in place of others. */
  readonly modelMap: ReadonlyMap<string, string>
  /** Where everything is sent; undefined for where each interaction was recorded from. */
  readonly upstream: string | undefined
  readonly baseOf: (interaction: Interaction) => string
  /** Why it cannot be done; undefined where it can. */
  readonly refusal: string | undefined
}

export interface PlanOptions extends Pick<RerecordPlan, 'modelMap' | 'upstream'> {
  readonly dialect: Dialect
  readonly prices: Prices
  readonly tokenizer: Tokenizer
  readonly clock: Pick<Clock, 'today'>
}

/** What recording a cassette anew would take. Sends nothing. */
export function planRerecord(file: CassetteFile, options: PlanOptions): RerecordPlan {
  const { cassette } = file
  const { dialect, modelMap, upstream } = options
  const baseOf = (interaction: Interaction): string =>
    upstream ?? recordedFrom(interaction, cassette) ?? dialect.defaultUpstream
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

/** Undefined where the cassette names its upstream in words, as one of a stand-in may. */
function recordedFrom({ upstream }: Interaction, cassette: Cassette): string | undefined {
  const from = upstream ?? cassette.upstream
  return /^https?:$/.test(URL.canParse(from) ? new URL(from).protocol : '') ? from : undefined
}

/** The first URL to which a request would go without a key, as the environment has none for it; undefined if there is none. */
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
