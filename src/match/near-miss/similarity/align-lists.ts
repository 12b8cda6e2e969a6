import type { Digests } from './digest.ts'
import { isJsonObject, type Json, type JsonObject } from '../../../json/json.ts'
import { likeness, wordsOf, type Words } from './likeness.ts'

/** The indices of two corresponding items. Undefined for an item without a counterpart. */
export type AlignedPair = readonly [recorded: number | undefined, received: number | undefined]

/** Lists with more possible pairs are paired by index, because comparing every pair would take too long. */
const MAX_PAIRS = 4_000

/** Two unpaired items always cost more than a pair, so that a changed item is not shown as removed and added. */
const UNPAIRED_COST = 0.7

/** Pairs the items of two lists without reordering them. Omits equal items at the start and end of both lists. */
export function align(recorded: readonly Json[], received: readonly Json[], digests: Digests): AlignedPair[] {
  const [a, b] = [recorded.map((item) => digests.of(item)), received.map((item) => digests.of(item))]
  const shortest = Math.min(a.length, b.length)
  let start = 0
  while (start < shortest && a[start] === b[start]) start++
  let end = 0
  while (end < shortest - start && a.at(-1 - end) === b.at(-1 - end)) end++
  const [rows, columns] = [a.length - start - end, b.length - start - end]
  const aligned =
    (rows === 1 && columns === 1) || rows * columns > MAX_PAIRS
      ? byIndex(rows, columns)
      : byCost(rows, columns, pairCost(recorded.slice(start), received.slice(start), digests))
  return aligned.map(([i, j]) => [i === undefined ? i : i + start, j === undefined ? j : j + start])
}

function byIndex(rows: number, columns: number): AlignedPair[] {
  return Array.from({ length: Math.max(rows, columns) }, (_, i) => [
    i < rows ? i : undefined,
    i < columns ? i : undefined,
  ])
}

/** The pairing with the lowest total cost, by dynamic programming from the end of both lists. */
function byCost(rows: number, columns: number, cost: (i: number, j: number) => number): AlignedPair[] {
  const width = columns + 1
  const least = new Float64Array((rows + 1) * width)
  const at = (i: number, j: number): number => least[i * width + j] as number
  for (let i = rows; i >= 0; i--) {
    for (let j = columns; j >= 0; j--) {
      if (i === rows || j === columns) least[i * width + j] = (rows - i + columns - j) * UNPAIRED_COST
      else {
        const unpaired = UNPAIRED_COST + Math.min(at(i + 1, j), at(i, j + 1))
        least[i * width + j] = Math.min(cost(i, j) + at(i + 1, j + 1), unpaired)
      }
    }
  }
  const pairs: AlignedPair[] = []
  let [i, j] = [0, 0]
  while (i < rows || j < columns) {
    if (i < rows && j < columns && at(i, j) === cost(i, j) + at(i + 1, j + 1)) pairs.push([i++, j++])
    else if (i < rows && (j === columns || at(i, j) === UNPAIRED_COST + at(i + 1, j)))
      pairs.push([i++, undefined])
    else pairs.push([undefined, j++])
  }
  return pairs
}

/** 0 for equal items, otherwise 0.3 to 1.3. Lower the more members and words are the same. */
function pairCost(
  recorded: readonly Json[],
  received: readonly Json[],
  digests: Digests,
): (i: number, j: number) => number {
  const words = new Map<Json, Words>()
  const wordsIn = (item: Json): Words => {
    const known = words.get(item) ?? wordsOf(item)
    words.set(item, known)
    return known
  }
  const costs = new Map<number, number>()
  const cost = (a: Json, b: Json): number => {
    if (digests.of(a) === digests.of(b)) return 0
    const alike = likeness(wordsIn(a), wordsIn(b))
    if (isJsonObject(a) && isJsonObject(b))
      return 0.3 + 0.4 * (1 - sharedMembers(a, b, digests)) + 0.6 * (1 - alike)
    return typeof a === 'string' && typeof b === 'string' ? 0.7 + 0.6 * (1 - alike) : 1.3
  }
  return (i, j) => {
    const key = i * received.length + j
    const known = costs.get(key) ?? cost(recorded[i] as Json, received[j] as Json)
    costs.set(key, known)
    return known
  }
}

/** The fraction of members that two objects have in common, from 0 to 1. */
function sharedMembers(a: JsonObject, b: JsonObject, digests: Digests): number {
  const names = Object.keys(a)
  const same = names.filter((name) => Object.hasOwn(b, name) && digests.of(a[name]) === digests.of(b[name]))
  return same.length / Math.max(1, names.length, Object.keys(b).length)
}
