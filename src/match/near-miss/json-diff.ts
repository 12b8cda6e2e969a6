import { align } from './similarity/align-lists.ts'
import { Digests } from './similarity/digest.ts'
import { isHashed } from '../identity.ts'
import { isJsonObject, type Json, type JsonObject } from '../../json/json.ts'

/** A difference at one path. A value that is absent on one side is `undefined`. */
export interface Difference {
  /** A JSON path: `$.messages[0].content`. List indices are those of the received value if it has the item. */
  readonly path: string
  /** The path in the recorded value, if list indices differ: `$.messages[1].content`. */
  readonly recordedPath?: string
  readonly recorded: Json | undefined
  readonly received: Json | undefined
}

/**
 * Lists the differences between two values, one for each leaf value, in document order.
 * A list item that was inserted or removed is one difference: the items after it still match.
 * @param limit the maximum number of differences
 */
export function diffJson(
  recorded: Json | undefined,
  received: Json | undefined,
  limit: number,
  digests: Digests = new Digests(),
): Difference[] {
  const found: Difference[] = []
  const todo: Difference[] = [{ path: '$', recorded, received }]
  while (todo.length > 0 && found.length < limit) {
    const pair = todo.pop() as Difference
    if (digests.of(pair.recorded) === digests.of(pair.received)) continue
    const inner = innerPairs(pair, digests)
    if (inner === undefined) found.push(pair)
    else for (const each of inner.toReversed()) todo.push(each)
  }
  return found
}

/** The pairs of values to compare in two lists or two objects. Undefined for other values. */
function innerPairs(pair: Difference, digests: Digests): Difference[] | undefined {
  const { recorded, received } = pair
  if (Array.isArray(recorded) && Array.isArray(received)) {
    return align(recorded, received, digests).map(([i, j]) => ({
      ...within(pair, `[${j ?? i}]`, `[${i ?? j}]`),
      recorded: i === undefined ? i : (recorded[i] as Json),
      received: j === undefined ? j : (received[j] as Json),
    }))
  }
  if (isHashed(recorded) && isHashed(received)) return undefined
  if (isJsonObject(recorded) && isJsonObject(received)) {
    return keysOf(recorded, received).map((key) => ({
      ...within(pair, member(key), member(key)),
      recorded: own(recorded, key),
      received: own(received, key),
    }))
  }
  return undefined
}

function within(
  { path, recordedPath }: Difference,
  received: string,
  recorded: string,
): Pick<Difference, 'path' | 'recordedPath'> {
  const same = recordedPath === undefined && received === recorded
  return {
    path: path + received,
    ...(same ? {} : { recordedPath: (recordedPath ?? path) + recorded }),
  }
}

function keysOf(a: JsonObject, b: JsonObject): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])]
}

function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

function member(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
}
