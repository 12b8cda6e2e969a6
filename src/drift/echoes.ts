import { jsonText } from '../json/json.ts'
import type { Difference } from './summed.ts'

/** What changed in earlier answers: a later request that carries it along has not changed by itself. */
export class Echoes {
  readonly #heard = new Set<string>()

  add(difference: Difference): void {
    const key = keyOf(difference)
    if (key !== undefined) this.#heard.add(key)
  }

  has(difference: Difference): boolean {
    const key = keyOf(difference)
    return key !== undefined && this.#heard.has(key)
  }
}

/** A number is the same by chance: it is an echo in a tool's arguments only, under the same name. */
function keyOf({ what, place, before, after }: Difference): string | undefined {
  if (before === undefined || after === undefined) return undefined
  if (what === 'order') return jsonText([what, before, after])
  if (what !== 'value') return undefined
  const argument = /\.arguments(.*)$/.exec(place)?.[1]
  if (argument === undefined && typeof before !== 'string') return undefined
  return jsonText([typeof before === 'string' ? '' : (argument ?? ''), before, after])
}
