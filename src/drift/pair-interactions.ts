import type { Interaction } from '../cassette/cassette.ts'
import { splitTarget } from '../http/message.ts'
import { withoutIds } from '../match/generated-ids.ts'
import { identify, idShapes } from '../openai/shapes.ts'
import type { Grammar } from '../api/drift.ts'

/** Places in two cassettes; undefined where the other has none like it. */
export type Paired =
  | readonly [before: number, after: number]
  | readonly [before: number, after: undefined]
  | readonly [before: undefined, after: number]

/** Which interaction stands for which: the same request first, else the same address in its order. */
export function pairInteractions(
  before: readonly Interaction[],
  after: readonly Interaction[],
  grammar: Grammar,
): Paired[] {
  const partners = new Map<number, number>()
  const taken = new Set<number>()
  for (const keyOf of [sameRequest, addressBy(grammar)]) {
    const waiting = Map.groupBy(
      [...before.keys()].filter((i) => !taken.has(i)),
      (i) => keyOf(before[i] as Interaction),
    )
    for (const [j, interaction] of after.entries()) {
      const i = partners.has(j) ? undefined : waiting.get(keyOf(interaction))?.shift()
      if (i === undefined) continue
      partners.set(j, i)
      taken.add(i)
    }
  }
  return inOrder(before, after, partners, taken)
}

/** By what matching compares, without the ids that earlier answers made. */
function sameRequest({ request }: Interaction): string {
  const { parts, fingerprint } = identify(request)
  return withoutIds(parts, idShapes)?.fingerprint ?? fingerprint
}

function addressBy(grammar: Grammar): (interaction: Interaction) => string {
  return ({ request: { method, path } }) => `${method} ${grammar.withoutIds(splitTarget(path).path)}`
}

/** In the order of the later one; what went stands where it stood. */
function inOrder(
  before: readonly Interaction[],
  after: readonly Interaction[],
  partners: ReadonlyMap<number, number>,
  taken: ReadonlySet<number>,
): Paired[] {
  let gone = [...before.keys()].filter((i) => !taken.has(i))
  const paired: Paired[] = []
  for (const j of after.keys()) {
    const i = partners.get(j)
    const earlier = gone.filter((each) => i !== undefined && each < i)
    gone = gone.slice(earlier.length)
    for (const each of earlier) paired.push([each, undefined])
    paired.push(i === undefined ? [undefined, j] : [i, j])
  }
  return [...paired, ...gone.map((i) => [i, undefined] as const)]
}
