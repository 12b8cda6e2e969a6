import type { Interaction } from '../cassette/cassette.ts'
import { splitTarget } from '../http/message.ts'
import type { DriftRules } from '../api/drift.ts'

/** Positions in two cassettes; undefined where one has no counterpart. */
export type InteractionPair =
  | readonly [before: number, after: number]
  | readonly [before: number, after: undefined]
  | readonly [before: undefined, after: number]

/** Pairs interactions with equal requests first, and then those with the same method and path in order. */
export function pairInteractions(
  before: readonly Interaction[],
  after: readonly Interaction[],
  rules: DriftRules,
): InteractionPair[] {
  const partners = new Map<number, number>()
  const taken = new Set<number>()
  for (const keyOf of [rules.requestKey, endpointWithoutIds(rules)]) {
    const unmatched = Map.groupBy(
      [...before.keys()].filter((i) => !taken.has(i)),
      (i) => keyOf(before[i] as Interaction),
    )
    for (const [j, interaction] of after.entries()) {
      const i = partners.has(j) ? undefined : unmatched.get(keyOf(interaction))?.shift()
      if (i === undefined) continue
      partners.set(j, i)
      taken.add(i)
    }
  }
  return inOrder(before, after, partners, taken)
}

function endpointWithoutIds(rules: DriftRules): (interaction: Interaction) => string {
  return ({ request: { method, path } }) => `${method} ${rules.withoutIds(splitTarget(path).path)}`
}

/** Orders pairs by the later cassette. Removed interactions keep their place among the others. */
function inOrder(
  before: readonly Interaction[],
  after: readonly Interaction[],
  partners: ReadonlyMap<number, number>,
  taken: ReadonlySet<number>,
): InteractionPair[] {
  let removed = [...before.keys()].filter((i) => !taken.has(i))
  const paired: InteractionPair[] = []
  for (const j of after.keys()) {
    const i = partners.get(j)
    const earlier = removed.filter((each) => i !== undefined && each < i)
    removed = removed.slice(earlier.length)
    for (const each of earlier) paired.push([each, undefined])
    paired.push(i === undefined ? [undefined, j] : [i, j])
  }
  return [...paired, ...removed.map((i) => [i, undefined] as const)]
}
