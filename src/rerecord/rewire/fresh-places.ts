import type { RecordedResponse } from '../../cassette/cassette.ts'
import type { Answer } from '../../api/answer.ts'
import { placesIn } from './places.ts'

/** What a new answer tells, by place. */
export class FreshPlaces {
  readonly #byPlace = new Map<string, string>()
  readonly #values = new Set<string>()

  constructor(answer: Answer, { headers }: RecordedResponse) {
    for (const { value, place } of placesIn(answer, headers)) {
      this.#values.add(value)
      if (!this.#byPlace.has(place)) this.#byPlace.set(place, value)
    }
  }

  has(value: string): boolean {
    return this.#values.has(value)
  }

  /** What stands at the first of these places that there is. */
  at(places: readonly string[]): string | undefined {
    const place = places.find((each) => this.#byPlace.has(each))
    return place === undefined ? undefined : this.#byPlace.get(place)
  }
}
