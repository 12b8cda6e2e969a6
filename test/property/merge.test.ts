import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mergeInteractions } from '../../src/cassette/cassette.ts'

const fingerprint = fc.constantFrom('a', 'b', 'c')
const disk = fc
  .array(fingerprint, { maxLength: 6 })
  .map((all) => all.map((each, i) => ({ fingerprint: each, value: `disk ${i}` })))

/** A run's recordings: each counts on from what it saw in the file; some were dropped. */
const run = (
  seen: readonly { fingerprint: string }[],
): fc.Arbitrary<{ fingerprint: string; value: string; occurrence: number }[]> =>
  fc.array(fc.tuple(fingerprint, fc.boolean()), { maxLength: 6 }).map((all) => {
    const counts = new Map<string, number>()
    for (const each of seen) counts.set(each.fingerprint, (counts.get(each.fingerprint) ?? 0) + 1)
    return all.flatMap(([each, dropped], i) => {
      const occurrence = counts.get(each) ?? 0
      counts.set(each, occurrence + 1)
      return dropped ? [] : [{ fingerprint: each, value: `run ${i}`, occurrence }]
    })
  })

const count = (all: readonly { fingerprint: string }[], each: string): number =>
  all.filter((entry) => entry.fingerprint === each).length

test('a merge keeps the whole file, and all of the run where nobody else wrote', () => {
  fc.assert(
    fc.property(
      disk.chain((seen) => fc.tuple(fc.constant(seen), run(seen))),
      ([seen, ours]) => {
        const merged = mergeInteractions(seen, ours)
        expect(merged.slice(0, seen.length)).toEqual(seen)
        expect(merged.slice(seen.length)).toEqual(ours)
      },
    ),
  )
})

test('two runs that merge one after the other lose no request that either made', () => {
  fc.assert(
    fc.property(
      disk.chain((seen) => fc.tuple(fc.constant(seen), run(seen), run(seen))),
      ([seen, one, two]) => {
        const both = mergeInteractions(mergeInteractions(seen, one), two)
        for (const each of ['a', 'b', 'c']) {
          const most = Math.max(...[one, two].map((ours) => count(seen, each) + count(ours, each)))
          expect(count(both, each)).toBeGreaterThanOrEqual(most)
        }
        expect(mergeInteractions(both, two)).toEqual(
          mergeInteractions(
            both,
            two.filter((entry) => entry.occurrence >= count(both, entry.fingerprint)),
          ),
        )
      },
    ),
  )
})

test('merging the same run twice adds nothing', () => {
  fc.assert(
    fc.property(run([]), (ours) => {
      fc.pre(ours.every((entry, i) => entry.occurrence === count(ours.slice(0, i), entry.fingerprint)))
      expect(mergeInteractions(mergeInteractions([], ours), ours)).toEqual(mergeInteractions([], ours))
    }),
  )
})
