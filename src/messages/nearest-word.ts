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
      distance < Math.max(typed.length, each.length) &&
      distance < (best?.distance ?? Infinity)
    )
      best = { word: each, distance }
  }
  return best?.word
}

const MAX_WRONG_LETTERS = 3

/** Levenshtein's distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1]
    for (let j = 0; j < b.length; j++) {
      next.push(
        Math.min(
          (next[j] as number) + 1,
          (row[j + 1] as number) + 1,
          (row[j] as number) + (a[i] === b[j] ? 0 : 1),
        ),
      )
    }
    row = next
  }
  return row.at(-1) as number
}

/** The end of a message about an unknown word: the nearest known one, or all of them. */
export function didYouMean(word: string, known: readonly string[]): string {
  const best = nearestWord(word, known)
  return best === undefined ? `; known are ${known.join(', ')}` : `; did you mean '${best}'?`
}
