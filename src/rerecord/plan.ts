import type { Cassette, Interaction } from '../cassette/cassette.ts'
import type { Dialect } from '../api/dialect.ts'
import type { OutgoingRequest } from '../http/message.ts'
import { sumUsage, type Usage } from '../api/usage.ts'
import type { Env } from '../engine/modes.ts'
import type { Clock, Prices, Tokenizer } from '../engine/ports.ts'
import { usagesOf } from './costs.ts'
import { refusalOf } from './refusal.ts'

/** A cassette as it was read. */
export interface Read {
  readonly name: string
  readonly file: string
  readonly text: string
  readonly cassette: Cassette
}

/** A cassette that is to be recorded anew, with what that is estimated to take. */
export interface Planned extends Read {
  /** By interaction: what the recorded answers used, at today's prices. */
  readonly usages: readonly Usage[]
  readonly usage: Usage
  /** Those that are asked, by what they are asked for. */
  readonly models: readonly string[]
  readonly baseOf: (interaction: Interaction) => string
  /** Why it cannot be done; undefined where it can. */
  readonly refusal: string | undefined
}

export interface Planning {
  readonly dialect: Dialect
  readonly prices: Prices
  readonly tokenizer: Tokenizer
  readonly clock: Pick<Clock, 'today'>
  /** Models that are asked in place of others. */
  readonly models: ReadonlyMap<string, string>
  /** Where everything is sent; undefined for where it was recorded from. */
  readonly upstream: string | undefined
}

/** What recording a cassette anew would take. Nothing is sent. */
export function planFor(read: Read, planning: Planning): Planned {
  const { cassette } = read
  const { dialect, models, upstream } = planning
  const baseOf = (interaction: Interaction): string =>
    upstream ?? recordedFrom(interaction, cassette) ?? dialect.defaultUpstream
  const usages = usagesOf(cassette, { ...planning, baseOf })
  const asked = cassette.interactions.flatMap(({ request }) => {
    const model = dialect.requests.modelOf(request)
    return model === undefined ? [] : [models.get(model) ?? model]
  })
  return {
    ...read,
    usages,
    usage: sumUsage(usages),
    models: [...new Set(asked)].toSorted(),
    baseOf,
    refusal: refusalOf(cassette),
  }
}

/** Undefined for what is no URL: that of a stand-in that is named in words, say. */
function recordedFrom({ upstream }: Interaction, cassette: Cassette): string | undefined {
  const from = upstream ?? cassette.upstream
  return /^https?:$/.test(URL.canParse(from) ? new URL(from).protocol : '') ? from : undefined
}

/** Where a cassette would be sent without a key, as the environment has none that is for there; undefined where that is nowhere. */
export function keylessIn(
  { cassette, baseOf }: Planned,
  { dialect, upstream }: Planning,
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
