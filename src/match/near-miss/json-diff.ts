import { align } from './similarity/align-lists.ts'
import { Digests } from './similarity/digest.ts'
import { isHashed } from '../identity.ts'
import { isJsonObject, type Json, type JsonObject } from '../../json/json.ts'

/** A place where two values differ. `undefined` is a value that is not there. */
export interface Difference {
  /** JSON path: `$.messages[0].content`. In lists the index is the received one, where there is one. */
  readonly path: string
  /** Set where the recorded value stands at another index: `$.messages[1].content`. */
  readonly recordedPath?: string
  readonly recorded: Json | undefined
  readonly received: Json | undefined
}

/**
 * Where two values differ, leaf by leaf in their order, `limit` places at most. An item that
 * was put into a list or taken out of it is one difference, and moves nothing else.
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

/** The pairs to compare inside two lists or two objects; undefined when there is nothing inside. */
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
