/** The known word that the user probably meant. Undefined if none is close. */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  const typed = word.toLowerCase()
  let best: { readonly word: string; readonly distance: number } | undefined
  for (const each of known) {
    // Known words can be many. Lengths are a quick way to skip most of them.
    if (Math.abs(each.length - word.length) > MAX_WRONG_LETTERS) continue
    const distance = editDistance(typed, each.toLowerCase())
    if (
      distance <= MAX_WRONG_LETTERS &&
      // More than half of the letters must agree: short words are close to many others.
      distance * 2 < Math.max(typed.length, each.length) &&
      distance < (best?.distance ?? Infinity)
    )
      best = { word: each, distance }
  }
  return best?.word
}

const MAX_WRONG_LETTERS = 3

/** The Damerau–Levenshtein distance: letters to insert, delete, substitute or transpose. */
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
