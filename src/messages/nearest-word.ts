/** The known word that was probably meant; undefined when none is close. */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  const typed = word.toLowerCase()
  let best: { readonly word: string; readonly distance: number } | undefined
  for (const each of known) {
    // Misses search long lists: skip what cannot be close.
    if (Math.abs(each.length - word.length) > MAX_WRONG_LETTERS) continue
    const distance = editDistance(typed, each.toLowerCase())
    if (
      distance <= MAX_WRONG_LETTERS &&
      // Two words of four letters that share two are two words.
      distance * 2 < Math.max(typed.length, each.length) &&
      distance < (best?.distance ?? Infinity)
    )
      best = { word: each, distance }
  }
  return best?.word
}

const MAX_WRONG_LETTERS = 3

/** Letters to add, leave out, exchange, or swap with the next, to make one word of the other. */
function editDistance(a: string, b: string): number {
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1]
    for (let j = 0; j < b.length; j++) {
      const isSwapped = i > 0 && j > 0 && a[i] === b[j - 1] && a[i - 1] === b[j]
      next.push(
        Math.min(
          (next[j] as number) + 1,
          (row[j + 1] as number) + 1,
          (row[j] as number) + (a[i] === b[j] ? 0 : 1),
          isSwapped ? (before[j - 1] as number) + 1 : Infinity,
        ),
      )
    }
    before = row
    row = next
  }
  return row.at(-1) as number
}
