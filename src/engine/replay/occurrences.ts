/** How often each fingerprint was asked for; a request that was not served gives its place back. */
export class Occurrences {
  readonly #next = new Map<string, number>()
  /** Places below the next one that were given back, the lowest first. */
  readonly #returned = new Map<string, number[]>()

  /** The place of a request among those with its fingerprint, from 0. */
  take(fingerprint: string): number {
    const returned = this.#returned.get(fingerprint)
    const first = returned?.shift()
    if (first !== undefined) return first
    const place = this.#next.get(fingerprint) ?? 0
    this.#next.set(fingerprint, place + 1)
    return place
  }

  /** @param place the last one where it is not told */
  giveBack(fingerprint: string, place = (this.#next.get(fingerprint) ?? 1) - 1): void {
    const next = this.#next.get(fingerprint) ?? 0
    if (place === next - 1) return void this.#next.set(fingerprint, place)
    const returned = [...(this.#returned.get(fingerprint) ?? []), place]
    this.#returned.set(
      fingerprint,
      returned.toSorted((a, b) => a - b),
    )
  }

  /** Takes this place, where nobody else has taken it since it was given back; tells whether it did. */
  use(fingerprint: string, place: number): boolean {
    const returned = this.#returned.get(fingerprint) ?? []
    if (returned.includes(place)) returned.splice(returned.indexOf(place), 1)
    else if (place === (this.#next.get(fingerprint) ?? 0)) this.#next.set(fingerprint, place + 1)
    else return false
    return true
  }

  /** How often it was asked for, and served. */
  times(fingerprint: string): number {
    return (this.#next.get(fingerprint) ?? 0) - (this.#returned.get(fingerprint)?.length ?? 0)
  }
}
