import { jsonText } from '../json/json.ts'
import type { Change, Changes } from '../api/drift.ts'
import { typeOf } from './pair.ts'

/** A change at one place. */
export interface Difference extends Omit<Change, 'times'> {
  readonly of: 'kind' | 'words'
}

/**
 * Equal changes counted together: a stream tells one thing several times over, and what is true of
 * one item is mostly true of all of them. Of words only the first at each place is kept.
 */
export function summed(differences: readonly Difference[]): Changes {
  const kind = differences.filter(({ of }) => of === 'kind')
  const words = firstOfEqualTexts(differences.filter(({ of }) => of === 'words'))
  return {
    kind: counted(kind, ({ in: side, what, about, place, before, after }) => {
      const compared =
        what === 'type'
          ? [before, after].map((each) => typeOf(each ?? null))
          : [before ?? null, after ?? null]
      return jsonText([side, what, about, place, ...(what === 'came' || what === 'went' ? [] : compared)])
    }),
    words: counted(words, ({ in: side, what, place }) => jsonText([side, what, place])),
  }
}

/** A text that stands in several events changed once. */
function firstOfEqualTexts(differences: readonly Difference[]): Difference[] {
  const known = new Set<string>()
  return differences.filter(({ in: side, before, after }) => {
    if (typeof before !== 'string' || typeof after !== 'string') return true
    const key = jsonText([side, before, after])
    if (known.has(key)) return false
    known.add(key)
    return true
  })
}

function counted(differences: readonly Difference[], keyOf: (difference: Difference) => string): Change[] {
  return [...Map.groupBy(differences, keyOf).values()].map((equal) => {
    const { of: _of, ...first } = equal[0] as Difference
    return { ...first, times: equal.length }
  })
}
