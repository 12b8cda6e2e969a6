import { UsageError } from '../../messages/errors.ts'
import { flattened } from '../../rerecord/flatten.ts'
import type { Planned } from '../../rerecord/plan.ts'
import { openai } from '../../openai/dialect.ts'

/**
 * Before anything is sent: a model that nobody asks is a slip, and the one that was meant would be asked, and billed.
 * @throws UsageError that names those that are asked
 */
export function checkModels(plans: readonly Planned[], models: ReadonlyMap<string, string>): void {
  if (models.size === 0) return
  const requests = plans.flatMap(({ cassette }) =>
    flattened(cassette.interactions).interactions.map(({ request }) => request),
  )
  for (const model of models.keys()) {
    const renamed = new Map([[model, `${model}-`]])
    const isAsked = requests.some((request) => {
      const { path, body } = openai.rerecord.withModels(request, renamed)
      return JSON.stringify([path, body]) !== JSON.stringify([request.path, request.body])
    })
    if (isAsked) continue
    const asked = new Set(requests.flatMap((request) => openai.requests.modelOf(request) ?? []))
    throw new UsageError(
      `--model-map: no request asks '${model}'; the models asked are ${[...asked].toSorted().join(', ') || 'none'}`,
    )
  }
}
