import type { Env } from '../../engine/modes.ts'
import { UsageError } from '../../messages/errors.ts'
import { openai } from '../../openai/dialect.ts'
import { isPriced } from '../../rerecord/costs.ts'
import { flattened } from '../../rerecord/flatten.ts'
import { type RerecordPlan, urlWithoutKey } from '../../rerecord/plan.ts'
import { say, type World } from '../terminal/world.ts'

/**
 * Refuses to map a model that no request names: with a misspelt name the old model would be asked, and billed.
 * @throws UsageError that lists the models of the requests
 */
export function checkModels(plans: readonly RerecordPlan[], modelMap: ReadonlyMap<string, string>): void {
  if (modelMap.size === 0) return
  const requests = plans.flatMap(({ cassette }) =>
    flattened(cassette.interactions).interactions.map(({ request }) => request),
  )
  for (const model of modelMap.keys()) {
    const renamed = new Map([[model, `${model}-`]])
    const isUsed = requests.some((request) => {
      const { path, body } = openai.rerecord.withModels(request, renamed)
      return JSON.stringify([path, body]) !== JSON.stringify([request.path, request.body])
    })
    if (isUsed) continue
    const used = new Set(requests.flatMap((request) => openai.requests.modelOf(request) ?? []))
    throw new UsageError(
      `--model-map: no request uses the model '${model}'; the requests use ${[...used].toSorted().join(', ') || 'no model'}`,
    )
  }
}

/**
 * Refuses a run in which no cassette has a key to send.
 * @throws UsageError that says which key is missing, or why it is not sent
 */
export function checkKey(plans: readonly RerecordPlan[], env: Env): void {
  const sendable = plans.filter(({ refusal }) => refusal === undefined)
  const keyless = sendable.flatMap((plan) => urlWithoutKey(plan, openai, env) ?? [])
  if (sendable.length === 0 || keyless.length < sendable.length) return
  if (env['OPENAI_API_KEY'])
    throw new UsageError(
      `OPENAI_API_KEY is only sent to OpenAI, unless you name another URL. These cassettes were recorded from ${keyless[0]}: to send the key there, pass --upstream ${keyless[0]}`,
    )
  throw new UsageError(
    `no API key for ${keyless[0]}: set OPENAI_API_KEY. To see what would be sent and what it may cost, pass --dry-run`,
  )
}

/** A budget is in dollars, so it cannot count requests without a known price. */
export function warnOfUnpriced(
  world: World,
  plans: readonly RerecordPlan[],
  budget: number | undefined,
): void {
  const unpriced = plans.filter(({ usage, refusal }) => refusal === undefined && !isPriced(usage))
  if (budget === undefined || unpriced.length === 0) return
  const names = unpriced.map(({ name }) => `'${name}'`).join(', ')
  say(world, `the budget does not count requests without a known price, which are in ${names}`)
}
