import { sha256 } from '../http/bytes.ts'
import { canonicalJson, isJsonObject, type Json } from '../json/json.ts'
import type { MutableContainer } from '../json/map-strings.ts'
import type { Parts } from './identity.ts'

/** What an API's generated ids look like, and which members contain them. */
export interface IdShapes {
  /** Matches a string that consists of a generated id. */
  readonly generated: RegExp
  /** Members that always contain an id. Clients may generate ids that look different. */
  readonly members: ReadonlySet<string>
  /** Lists whose items have a generated `id`. */
  readonly lists: ReadonlySet<string>
}

/** A request without its generated ids, and the list of these ids. */
export interface WithoutIds {
  /** Equal for two requests that differ only in generated ids, if each id is used in the same places. */
  readonly fingerprint: string
  /** Without duplicates, in the order of their first use in the request. */
  readonly ids: readonly string[]
}

/** Undefined if the request has no generated id. */
export function withoutIds(parts: Parts, shapes: IdShapes): WithoutIds | undefined {
  const numbers = new Map<string, number>()
  const number = (value: string): string => {
    const known = numbers.get(value) ?? numbers.size
    numbers.set(value, known)
    return `\0${known}`
  }
  const path = parts.path
    .split('/')
    .map((segment) => (shapes.generated.test(segment) ? number(segment) : segment))
    .join('/')
  const replace = (value: string, place: Place): string =>
    isId(value, place, shapes) ? number(value) : value
  const numbered = {
    ...parts,
    path,
    query: replaced(parts.query, replace),
    body: replaced(parts.body, replace),
  }
  if (numbers.size === 0) return undefined
  return { fingerprint: sha256(canonicalJson(numbered as unknown as Json)), ids: [...numbers.keys()] }
}

interface Place {
  /** The name of the member, or the index of the list item. */
  readonly key: string | number
  /** The name of the member that contains the nearest enclosing list. */
  readonly list: string
}

/** Replaces every string. Members are visited in the order of their names, so that their own order does not change the numbering. */
function replaced(root: Json, replace: (value: string, place: Place) => string): Json {
  const top: Json[] = [root]
  const todo: (Place & { readonly into: MutableContainer })[] = [{ into: top, key: 0, list: '' }]
  for (let place = todo.pop(); place !== undefined; place = todo.pop()) {
    const value = (place.into as Record<string | number, Json>)[place.key] as Json
    if (typeof value === 'string') {
      const now = replace(value, place)
      if (now !== value) put(place.into, place.key, now)
    } else if (Array.isArray(value)) {
      const copy = [...(value as readonly Json[])]
      put(place.into, place.key, copy)
      const list = typeof place.key === 'string' ? place.key : place.list
      for (let i = copy.length - 1; i >= 0; i--) todo.push({ into: copy, key: i, list })
    } else if (isJsonObject(value)) {
      const copy = { ...value }
      put(place.into, place.key, copy)
      for (const key of Object.keys(copy).toSorted().toReversed())
        todo.push({ into: copy, key, list: place.list })
    }
  }
  return top[0] as Json
}

function put(container: MutableContainer, key: string | number, value: Json): void {
  // An assignment to a member named __proto__ would set the prototype.
  Object.defineProperty(container, key, { value, enumerable: true, configurable: true, writable: true })
}

function isId(value: string, { key, list }: Place, { generated, members, lists }: IdShapes): boolean {
  if (value.length < 4 || /\s/.test(value)) return false
  if (typeof key === 'string' && (members.has(key) || (key === 'id' && lists.has(list)))) return true
  return generated.test(value)
}
