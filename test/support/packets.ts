/** The bytes in packets, cut wherever these numbers say. */
export function cutAt(whole: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [...new Set(cuts.map((cut) => cut % (whole.length + 1)))].toSorted((a, b) => a - b)
  return [0, ...places]
    .map((start, i) => whole.slice(start, places[i] ?? whole.length))
    .filter((packet) => packet.length > 0)
}
